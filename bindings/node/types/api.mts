// Compiled by the test script, and never run: what a program in TypeScript may write, and may not.
import penstock, {Client, Flow, Penstock, PenstockError, version} from 'penstock';
import type {Consent, EventFields, LedgerRow, Options, Stats, TelemetryEvent} from 'penstock';

declare function told(...what: unknown[]): void;

const options: Options = {
  directory: '/var/lib/desk', endpoint: 'https://telemetry.example.com', writeKey: 'pk',
  context: {locale: 'de'}, diskBytesMax: 1n << 30n, sessionMode: 'automatic', appName: undefined,
  detect: ['coordinates'], doNotDetect: null, privacyRules: ['userId pseudonym k1'] as const,
  pseudonymKeys: {k1: new Uint8Array(32), k2: 'a key that is a text'},
};

export async function everything(): Promise<void> {
  const client: Client = Penstock.open(options);
  const fields: EventFields = {
    details: {n: 3, big: 1n, at: new Date(), list: [1, 'x', {deep: null}], not: undefined},
    metadata: {source: 'desk'}, user: 'u', time: new Date(), durationMs: 5, outcome: 'success',
  };
  client.click('p', 'save', fields);
  client.click(null, 'save');
  client.error(new Error('no'), {traceparent: null});
  client.custom('Invoice', {schemaVersion: 2});
  const event: TelemetryEvent = {kind: 'recordChanged', record: 'R1', name: 'Archived'};
  client.track(event);
  const answer: number = await client.runFlow('approve', async (flow: Flow) => {
    client.pageView('p', {flow});
    return flow.correlationId.length;
  });
  const direct: number = client.runPage('p', () => answer);
  const consent: Consent = client.consent;
  const stats: Stats = client.stats();
  const rows: LedgerRow[] = client.ledger();
  try {
    await client.close(direct);
  } catch (error) {
    if (error instanceof PenstockError && error.code === 'timeout') return;
    throw error;
  }
  told(consent, stats.sender, rows.length, version, penstock.version, client.currentFlow);
}

export async function scopes(): Promise<void> {
  await using client = new Client(options);
  using flow = client.startFlow('approve', {correlation: 'c'});
  flow.run(() => client.activity('Approved'));
}

export function mistakes(client: Client): void {
  // @ts-expect-error writeKey is missing
  Client.open({directory: 'd', endpoint: 'e'});
  // @ts-expect-error there is no such option
  Client.open({...options, colour: 'red'});
  // @ts-expect-error rules are an array
  Client.open({...options, privacyRules: 'details.notes remove'});
  // @ts-expect-error kinds are strings
  Client.open({...options, detect: [1]});
  // @ts-expect-error a key is bytes or text
  Client.open({...options, pseudonymKeys: {k1: 16}});
  // @ts-expect-error there is no such kind
  client.track({kind: 'clik'});
  // @ts-expect-error a function is no value
  client.activity('A', {details: {f: () => 1}});
  // @ts-expect-error flows are made by clients
  new Flow();
  // @ts-expect-error there is no such consent
  client.setConsentSync('maybe');
}
