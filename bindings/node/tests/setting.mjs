// What a test needs: a gateway, a folder of its own, and a client that sends into the one from the
// other.
import {mkdtempSync, rmSync} from 'node:fs';
import {spawn} from 'node:child_process';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {Client} from 'penstock';
import {startGateway} from './gateway.mjs';

// Removed at the end of the process: until then clients that were not closed may write there.
const folders = [];
process.on('exit', () => {
  for (const folder of folders) {
    try {
      rmSync(folder, {recursive: true, force: true, maxRetries: 20, retryDelay: 10});
    } catch {
      // It is a temporary one.
    }
  }
});

export function newFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'penstock-node-'));
  folders.push(folder);
  return folder;
}

export function optionsFor(endpoint, directory) {
  return {
    directory, endpoint, writeKey: 'pk_test', compression: 'none', dangerouslyAllowPlainHttp: true,
    batchAgeMaxMs: 20, proxy: 'direct',
  };
}

export async function newSetting(t, more = {}) {
  const gateway = await startGateway();
  t.after(() => gateway.stop());
  const options = {...optionsFor(gateway.endpoint, newFolder()), ...more};
  const client = Client.open(options);
  t.after(() => client.close(0).catch(() => {}));
  return {
    gateway,
    options,
    client,
    events: async () => {
      await client.flush();
      return gateway.events();
    },
  };
}

// A client whose gateway is not there.
export function newOffline(t, more = {}) {
  const client = Client.open({...optionsFor('http://127.0.0.1:9', newFolder()), ...more});
  t.after(() => client.close(0).catch(() => {}));
  return client;
}

export function codeOf(call) {
  try {
    call();
  } catch (error) {
    return error.code;
  }
  return 'ok';
}

// Runs a program of tests/programs; gives how it ended, and what it has written.
export function runProgram(name, args, flags = []) {
  const program = fileURLToPath(new URL(`programs/${name}`, import.meta.url));
  const child = spawn(process.execPath, [...flags, program, ...args.map(String)]);
  let output = '';
  child.stdout.on('data', (text) => (output += text));
  child.stderr.on('data', (text) => (output += text));
  return new Promise((resolve) => {
    child.on('close', (status, signal) => resolve({status, signal, output}));
  });
}
