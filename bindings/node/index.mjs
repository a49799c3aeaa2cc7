import penstock from './index.js';

export const {Client, Penstock, Flow, PenstockError, version} = penstock;
export default penstock;
