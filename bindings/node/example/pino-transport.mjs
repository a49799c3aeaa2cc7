// A transport for pino: a stream of log lines, whose errors become events.
//
//   pino({transport: {target: './pino-transport.mjs', options: {directory, endpoint, writeKey}}})
//   node program.mjs | node pino-transport.mjs
import {Writable} from 'node:stream';
import {StringDecoder} from 'node:string_decoder';
import {pathToFileURL} from 'node:url';
import {Client, PenstockError} from 'penstock';
import {optionsFor} from './options.mjs';

const ERROR = 50; // pino's level

export default function openTransport(options) {
  const client = Client.open(options);
  const decoder = new StringDecoder('utf8');
  let rest = '';
  return new Writable({
    write(chunk, encoding, done) {
      const lines = (rest + decoder.write(chunk)).split('\n');
      rest = lines.pop();
      for (const line of lines) recordLine(client, line);
      done();
    },
    final(done) {
      recordLine(client, rest + decoder.end());
      client.close(5000).then(() => done(), (error) => {
        console.error(`sent later: ${error.message}`);
        done();
      });
    },
  });
}

function recordLine(client, line) {
  const entry = entryOf(line);
  if (!(entry?.level >= ERROR)) return;
  const details = {level: entry.level, errorType: entry.err?.type};
  try {
    client.error(entry.err?.message ?? entry.msg, {time: entry.time, details});
  } catch (error) {
    if (!(error instanceof PenstockError)) throw error;
    console.error(`not recorded: ${error.message}`);
  }
}

function entryOf(line) {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // a line of another program
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  process.stdin.pipe(openTransport(optionsFor('log')));
}
