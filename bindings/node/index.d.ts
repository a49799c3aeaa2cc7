/**
 * Telemetry into a crash-proof local journal, and from there over HTTPS into Kafka.
 *
 * Times are milliseconds, sizes are bytes. What fails throws a {@link PenstockError}; an
 * asynchronous method rejects with one. `undefined` and `null` are "not given" everywhere.
 */

declare global {
  // As in lib.esnext.disposable, for programs without it.
  interface SymbolConstructor {
    readonly dispose: unique symbol;
    readonly asyncDispose: unique symbol;
  }
}

/** The name of what went wrong, for programs. */
export type ErrorCode =
  | 'invalid_option'
  | 'invalid_event'
  | 'too_large'
  | 'storage_full'
  | 'directory_in_use'
  | 'io'
  | 'timeout'
  | 'refused'
  | 'closed'
  | 'not_allowed'
  | 'out_of_memory'
  | 'internal'
  | 'invalid_argument'
  | 'misuse'
  | 'unknown';

/** What each function throws. `message` is for people: what is wrong, and what to do. */
export class PenstockError extends Error {
  readonly name: 'PenstockError';
  readonly code: ErrorCode;
  /** For tests of what handles errors. */
  constructor(code: ErrorCode, message: string);
}

/** Those of the C++ API, each explained in its options.hpp. What is not given has its default. */
export interface Options {
  /** Folder of the journal, created if missing. On a local disk. Several processes may share it. */
  directory: string;
  /** The gateway, as in "https://telemetry.example.com". */
  endpoint: string;
  /** The key that the gateway's operator gave. */
  writeKey: string;
  /** Who sends. */
  appName?: string | null | undefined;
  appVersion?: string | null | undefined;
  /** Constant context, sent once a batch: up to 64 fields, and 8 KiB in all. */
  context?: Readonly<Record<string, string>> | null | undefined;
  /** Most bytes that the journal of this process takes; 64 MiB. When it is full: `storage_full`. */
  diskBytesMax?: number | bigint | null | undefined;
  /** One file of the journal: 64 KiB to 64 MiB; 1 MiB. */
  segmentBytes?: number | null | undefined;
  /** Largest encoded event: up to 256 KiB; 64 KiB. */
  eventBytesMax?: number | null | undefined;
  /** How often the journal is forced to the disk, against power cuts. 0, the default: never. */
  syncIntervalMs?: number | null | undefined;
  /** How often what killed processes left in `directory` is looked for; 3 minutes. */
  adoptIntervalMs?: number | null | undefined;
  /** A batch is sent when it has this many events (up to 1000; 256), … */
  batchEventsMax?: number | null | undefined;
  /** … so many bytes before compression (512 KiB), … */
  batchBytesMax?: number | null | undefined;
  /** … or when its oldest event is this old (2 seconds). */
  batchAgeMaxMs?: number | null | undefined;
  /** "zstd". */
  compression?: 'none' | 'gzip' | 'zstd' | null | undefined;
  /** From the look-up of a name to the end of the TLS handshake; 10 seconds. */
  connectTimeoutMs?: number | null | undefined;
  /** From the first byte sent to the answer's last; 45 seconds. */
  requestTimeoutMs?: number | null | undefined;
  /** Delays of retries, random and growing: from half a second to a minute. */
  retryDelayMinMs?: number | null | undefined;
  retryDelayMaxMs?: number | null | undefined;
  /** The same after a refusal, which a person has to cure: from a minute to an hour. */
  refusalDelayMinMs?: number | null | undefined;
  refusalDelayMaxMs?: number | null | undefined;
  /** The authorities to trust instead of the system's: a PEM file, … */
  caFile?: string | null | undefined;
  /** … and PEM text. */
  caPem?: string | null | undefined;
  /** Names of fields whose values are removed, besides the built-in ones. */
  removeFields?: readonly string[] | null | undefined;
  /** Built-in names that this program uses for something harmless. */
  allowFields?: readonly string[] | null | undefined;
  /** Whether the three detectors mask; true. */
  maskEmails?: boolean | null | undefined;
  maskCards?: boolean | null | undefined;
  maskPhones?: boolean | null | undefined;
  /**
   * Kinds of personal data that are looked for besides the default ones, as "coordinates";
   * privacy.md lists them. An unknown one is an `invalid_option`.
   */
  detect?: readonly string[] | null | undefined;
  /** Kinds that are not looked for, by the same names. */
  doNotDetect?: readonly string[] | null | undefined;
  /**
   * What happens to single fields, by their path: up to 64 texts "<path> <action>", as
   * "details.notes remove", of which the first that matches a field decides. privacy.md has the
   * actions. A rule that cannot be read, or can never decide, is an `invalid_option`.
   */
  privacyRules?: readonly string[] | null | undefined;
  /**
   * The keys of rules that say "pseudonym <id>", by their ids: at least 16 bytes each. A string is
   * taken as UTF-8. Copied, and written to no disk and no log.
   */
  pseudonymKeys?: Readonly<Record<string, Uint8Array | string>> | null | undefined;
  /** DANGEROUS: anyone on the way can read and take the events and the key. */
  dangerouslyDisableTlsVerification?: boolean | null | undefined;
  /** DANGEROUS: as above, and not even encrypted. */
  dangerouslyAllowPlainHttp?: boolean | null | undefined;
  /** "[http|https|socks5://][user:password@]host:port", or "direct". Else the environment's. */
  proxy?: string | null | undefined;
  /** At least two: "sha256/" and base64. DANGEROUS: who knows none any more cannot send. */
  pinnedPublicKeys?: readonly string[] | null | undefined;
  /** Who the client is in TLS: PEM files, both or none. */
  clientCertificateFile?: string | null | undefined;
  clientKeyFile?: string | null | undefined;
  /** What happens to events as long as nobody has called setConsent(); "send". */
  withoutConsent?: 'send' | 'keep' | 'drop' | null | undefined;
  /** Events that wait longer for the gateway are given up and counted. 0, the default: never. */
  eventAgeMaxHours?: number | null | undefined;
  /** Who starts and ends sessions; "manual". */
  sessionMode?: 'off' | 'manual' | 'automatic' | null | undefined;
  /** With "automatic": a session ends when nothing was recorded for so long; 30 minutes. */
  sessionIdleMaxMs?: number | null | undefined;
  /** Types of events of the program's own: see {@link Client.custom}. */
  eventTypes?: readonly string[] | null | undefined;
}

/**
 * A value of details and metadata: what JSON has. A whole number goes as an integer, any other as a
 * real; a bigint must fit 64 bits signed. Of an object with toJSON(), as a Date, that. `undefined`
 * is left out. Functions, symbols, NaN and infinities are refused with `invalid_event`.
 */
export type Value =
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | Date
  | {toJSON(key?: string): unknown}
  | readonly Value[]
  | {readonly [name: string]: Value};

/** By name. Details: up to 16; metadata: up to 8. Names in camelCase, of 1 to 128 bytes. */
export type Values = Readonly<Record<string, Value>>;

export type Outcome = 'success' | 'failure';

/** What each event can carry. Identifiers have 1 to 256 bytes. */
export interface EventFields {
  /** What is particular to the event. */
  details?: Values | null | undefined;
  /** Its context: sourceSystem, initiator, … Wins over `options.context`. */
  metadata?: Values | null | undefined;
  /** Wins over {@link Client.setUser}. An opaque id, and no e-mail address. */
  user?: string | null | undefined;
  /** Wins over the session that is open. */
  session?: string | null | undefined;
  /** Wins over the page that is open. Of methods that take a page, that one counts. */
  page?: string | null | undefined;
  /** The id of what the event belongs to. Wins over the flow. */
  correlation?: string | null | undefined;
  /** The trace that it belongs to, of W3C Trace Context. */
  traceparent?: string | null | undefined;
  /** When it happened: a Date, or milliseconds since 1970. Else now. */
  time?: Date | number | bigint | null | undefined;
  /** How long it took, in milliseconds. Not negative. */
  durationMs?: number | bigint | null | undefined;
  outcome?: Outcome | null | undefined;
  /** The flow that it belongs to. Else the current one: see {@link Client.runFlow}. */
  flow?: Flow | null | undefined;
}

export interface CustomFields extends EventFields {
  /** The version of the type's schema: 1 to 1000000; 1. */
  schemaVersion?: number | null | undefined;
}

export type EventKind =
  | 'activity'
  | 'sessionStart'
  | 'sessionEnd'
  | 'pageStart'
  | 'pageEnd'
  | 'pageView'
  | 'click'
  | 'formSubmission'
  | 'processCompletion'
  | 'error'
  | 'recordApproved'
  | 'recordDenied'
  | 'recordReturned'
  | 'recordChanged'
  | 'custom';

/** An event as one object: see {@link Client.track}. */
export interface TelemetryEvent extends CustomFields {
  kind: EventKind;
  /**
   * By the kind: the activityType, the element of a click, the form, the process, the error's
   * message, the action on a record, the eventType of a custom event.
   */
  name?: string | null | undefined;
  /** The record of the kinds that begin with "record". */
  record?: string | null | undefined;
}

export type Consent = 'unknown' | 'granted' | 'denied';

/** Counts of one client since it was opened, unless it says otherwise. */
export interface Stats {
  recorded: number;
  /** Recorded by an earlier run, or by a process that is gone. */
  adopted: number;
  /** In Kafka. */
  acknowledged: number;
  /** In the dead-letter topic. */
  rejected: number;
  /** In the journal now. */
  pending: number;
  /** Not recorded, by reason. */
  droppedInvalid: number;
  droppedTooLarge: number;
  droppedStorageFull: number;
  droppedIoError: number;
  droppedOutOfMemory: number;
  droppedNotAllowed: number;
  /** Recorded and given up later, by reason. */
  droppedTooLargeForGateway: number;
  droppedExpired: number;
  droppedConsentDenied: number;
  droppedForgotten: number;
  /** Half-written by a thread that was killed inside track(). */
  torn: number;
  /** Calls that failed with `misuse`. */
  misused: number;
  /** Values masked or removed. */
  masked: number;
  /** Requests, repeats included. */
  batchesSent: number;
  retries: number;
  /** Bodies, compressed. */
  bytesSent: number;
  /** Of this process's journal now. */
  diskBytes: number;
  /** The highest sequence number so far, over all runs; 0 for none. */
  lastSeq: number;
  /** A UUID. */
  installId: string;
  sender: 'running' | 'retrying' | 'refused';
  /** Why it is retrying or refused, and what to do; empty while it runs. */
  senderMessage: string;
}

/** What became of the events of one type, over all runs. */
export interface LedgerRow {
  /** activityType or action; "other" for those of the program's own. */
  type: string;
  /** acknowledged + rejected + pending + all dropped. */
  recorded: number;
  acknowledged: number;
  rejected: number;
  pending: number;
  /** By reason. */
  dropped: Record<string, number>;
  /** What was not recorded, by reason. */
  refused: Record<string, number>;
}

/**
 * Events that belong together carry one correlationId. Made by {@link Client.startFlow} and
 * {@link Client.runFlow}; for one thread.
 */
export class Flow {
  private constructor();
  /** As events carry it, for other programs. Kept behind the end. */
  readonly correlationId: string;
  /** Whether it was completed or ended. */
  readonly ended: boolean;
  /** Runs `task` with this flow as the current one, also behind each `await`. Ends nothing. */
  run<T>(task: (flow: Flow) => T): T;
  /**
   * Records a ProcessCompletion with the outcome ("success") and how long it took, and ends it.
   * @throws PenstockError `misuse` if it has ended; else as track(), and the flow goes on.
   */
  complete(outcome?: Outcome | null): void;
  /** Ends it without an event. Repeats do nothing. */
  end(): void;
  /** As {@link Flow.end}: `using flow = client.startFlow('approve')`. */
  [Symbol.dispose](): void;
}

export interface FlowOptions {
  /** The id that events carry, or a traceparent. Else a UUID is made. */
  correlation?: string | null | undefined;
}

/**
 * A journal and its sender. For the thread that has opened it: each worker thread opens a client
 * of its own, also in the same directory.
 *
 * Methods that record return when the event is in the journal, where it survives kill -9 of the
 * process. They never wait for the network. One that is not closed is closed by the garbage
 * collector, or at the end of the process, where what is recorded has two seconds to be sent; the
 * rest the next program sends that opens the directory. An open client keeps no process alive.
 */
export class Client {
  /** As {@link Client.open}. */
  constructor(options: Options);
  /**
   * Opens the journal, or creates it, and starts the sender thread: one to two milliseconds.
   * @throws PenstockError `invalid_option`, `directory_in_use` or `io`; `invalid_argument` for an
   * option that does not exist, or is of another type.
   */
  static open(options: Options): Client;

  /**
   * Records one event.
   * @throws PenstockError `invalid_event` (the message names what is wrong), `too_large`,
   * `storage_full`, `io`, `out_of_memory`, `not_allowed` without consent, `closed`;
   * `invalid_argument` for a member of another type. So do all methods that record.
   */
  track(event: TelemetryEvent): void;
  /** Records an event as JSON text, in the form of the documented events. Ten times slower. */
  trackJson(event: string): void;

  /** An activity of the program's own, in CamelCase. */
  activity(activityType: string, fields?: EventFields | null): void;
  /** For programs with sessions of their own; see {@link Client.startSession}. */
  sessionStart(fields?: EventFields | null): void;
  sessionEnd(fields?: EventFields | null): void;
  /** For programs that time pages themselves; see {@link Client.enterPage}. */
  pageStart(page: string, fields?: EventFields | null): void;
  pageEnd(page: string, fields?: EventFields | null): void;
  pageView(page: string, fields?: EventFields | null): void;
  /** `element`: by its name in the program, and not by its label. `page`: null without pages. */
  click(page: string | null | undefined, element: string, fields?: EventFields | null): void;
  /** `page`: null without pages. */
  formSubmission(page: string | null | undefined, form: string, fields?: EventFields | null): void;
  processCompletion(process: string, fields?: EventFields | null): void;
  /** Of an Error its message, and without one its name. */
  error(messageOrError: string | Error, fields?: EventFields | null): void;
  recordApproved(record: string, fields?: EventFields | null): void;
  recordDenied(record: string, fields?: EventFields | null): void;
  recordReturned(record: string, fields?: EventFields | null): void;
  /** `action`: what was done to it, as "Archived". */
  recordChanged(record: string, action: string, fields?: EventFields | null): void;
  /** One of `options.eventTypes`. */
  custom(eventType: string, fields?: CustomFields | null): void;

  /** Of all later events; null: none. An opaque id, and no e-mail address. */
  setUser(user: string | null | undefined): void;
  /**
   * Of all later events, for programs with sessions of their own; null: none. Records nothing.
   * @throws PenstockError `misuse` while a session is open, and with sessionMode "automatic".
   */
  setSession(session: string | null | undefined): void;
  /**
   * Records a SessionStart; later events carry its id, which is made unless it is given.
   * @throws PenstockError `misuse` if one is open, or sessionMode is "off"; else as track().
   */
  startSession(session?: string | null): void;
  /** Records its SessionEnd. @throws PenstockError `misuse` if none is open; else as track(). */
  endSession(): void;
  /** A session around `task`, and around the promise that it returns. Gives what `task` gives. */
  runSession<T>(task: () => T, session?: string | null): T;
  /** The user comes to a page: later events are on it. One that is open is left first. */
  enterPage(page: string): void;
  /** Records how long it was in the foreground. @throws PenstockError `misuse` if none is open. */
  leavePage(): void;
  /** A page around `task`, and around the promise that it returns. Gives what `task` gives. */
  runPage<T>(page: string, task: () => T): T;
  /** The program has lost the focus, or has it again: the time in between is no page's. */
  pause(): void;
  resume(): void;

  /** Starts a flow. It is current nowhere: see {@link Flow.run}. Records nothing. */
  startFlow(process: string, options?: FlowOptions | null): Flow;
  /**
   * A flow around `task`, and around the promise that it returns: all events in it, also behind
   * `await`, carry its id. Completes it: with success, or with failure if `task` throws, which is
   * thrown on. Gives what `task` gives. Flows nest.
   */
  runFlow<T>(process: string, task: (flow: Flow) => T, options?: FlowOptions | null): T;
  /** The innermost flow of this client that this is in the run() of, and that goes on. */
  readonly currentFlow: Flow | undefined;

  /**
   * Waits until all that was recorded is acknowledged; at most so long (10 seconds). Waits on a
   * thread of Node's pool.
   * @throws PenstockError `timeout`, or `refused` as soon as the gateway has refused; nothing is
   * lost by either.
   */
  flush(timeoutMs?: number | null): Promise<void>;
  /** The same, on this thread. */
  flushSync(timeoutMs?: number | null): void;
  /**
   * flush(), for at most so long (2 seconds), and the end: later events fail with `closed`. 0 waits
   * for nothing. What could not be sent, the next program sends that opens the directory.
   * @throws PenstockError `timeout`, whose message says how many events that are; it is closed.
   */
  close(timeoutMs?: number | null): Promise<void>;
  /** The same, on this thread. */
  closeSync(timeoutMs?: number | null): void;
  /** close() with 2 seconds: `await using client = Client.open(options)`. */
  [Symbol.asyncDispose](): Promise<void>;

  /** What the user has said, for all processes that share the directory, and later runs. */
  readonly consent: Consent;
  /**
   * Sets it; in force when this is resolved. "denied" deletes what was pending, and cuts off what
   * is being sent.
   * @throws PenstockError `io` or `timeout`; nothing more is sent then either.
   */
  setConsent(consent: Consent): Promise<void>;
  /** The same, on this thread. */
  setConsentSync(consent: Consent): void;
  /**
   * Erases what this directory's processes have recorded, here, and asks the gateway to erase it
   * there. @throws PenstockError as setConsent().
   */
  forget(): Promise<void>;
  /** The same, on this thread. */
  forgetSync(): void;

  stats(): Stats;
  /** What became of the events, by type, over all runs. Milliseconds for a full journal. */
  ledger(): LedgerRow[];
}

export {Client as Penstock};

/** Of the native library. */
export const version: string;
