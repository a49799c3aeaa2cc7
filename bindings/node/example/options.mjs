import {homedir} from 'node:os';
import {join} from 'node:path';

// How the examples reach a gateway: by the environment.
export function optionsFor(appName) {
  const {env} = process;
  return {
    appName,
    directory: env.PENSTOCK_DIRECTORY ?? join(homedir(), '.local/state', appName),
    endpoint: env.PENSTOCK_ENDPOINT,
    writeKey: env.PENSTOCK_WRITE_KEY,
    caFile: env.PENSTOCK_CA_FILE,
    dangerouslyAllowPlainHttp: env.PENSTOCK_PLAIN_HTTP === '1',
    compression: env.PENSTOCK_PLAIN_HTTP === '1' ? 'none' : 'zstd',
  };
}
