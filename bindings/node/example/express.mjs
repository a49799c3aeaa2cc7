// A middleware for Express, and for what calls middlewares as it does: each request is a flow,
// which all events carry that are recorded while it is answered. Here under node:http alone.
import {createServer} from 'node:http';
import {Client, PenstockError} from 'penstock';
import {optionsFor} from './options.mjs';

// `app.use(telemetry(client))`. A traceparent of the request's is the flow's correlation.
export function telemetry(client) {
  return (request, response, next) => {
    const flow = client.startFlow(`${request.method} request`, {correlation: traceOf(request)});
    response.once('close', () => {
      const worked = response.writableFinished && response.statusCode < 500;
      quietly(() => flow.complete(worked ? 'success' : 'failure'));
      flow.end();
    });
    flow.run(() => next());
  };
}

function traceOf(request) {
  const trace = request.headers.traceparent;
  return /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(trace) ? trace : undefined;
}

// Requests are answered also when the journal is full, or closed.
function quietly(record) {
  try {
    record();
  } catch (error) {
    if (!(error instanceof PenstockError)) throw error;
    console.error(`not recorded: ${error.message}`);
  }
}

async function answer(client, request, response) {
  await new Promise((resolve) => setTimeout(resolve, 5)); // what a database takes
  const [, order] = /^\/orders\/(\d+)$/.exec(request.url) ?? [];
  if (order === undefined) throw new Error('no such order');
  quietly(() => client.recordChanged(order, 'Viewed'));
  response.end(`order ${order}\n`);
}

function refuse(client, error, response) {
  quietly(() => client.error(error));
  response.statusCode = 500;
  response.end('failed\n');
}

const client = Client.open(optionsFor('order-server'));
const middleware = telemetry(client);
const server = createServer((request, response) => {
  middleware(request, response, () =>
    answer(client, request, response).catch((error) => refuse(client, error, response)));
});
server.listen(Number(process.env.PORT ?? 8080), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});

process.once('SIGTERM', () => {
  server.close(() => client.close(5000).catch((error) => console.error(error.message)));
  server.closeIdleConnections();
});
