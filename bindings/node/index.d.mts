import * as penstock from './index.js';

export * from './index.js';
export default penstock;
