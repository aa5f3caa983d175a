/// <reference lib="esnext.disposable" />
// What tests of programs get: an authorization server in the process.
import type { Client, ClientOptions } from 'xilnex-auth';

/** The options of a sandbox. Each may be left out. */
export interface SandboxOptions {
  /** Client identifier that it knows; `sandbox-client` by default. */
  clientId?: string | undefined;
  /** Client secret that it knows; another one each time by default. */
  clientSecret?: string | undefined;
  /** Scopes that the client may ask for, separated by spaces; `coreapi` by default. */
  scope?: string | undefined;
  /** Seconds that a token lives; 3600 by default. */
  ttl?: number | undefined;
  /** Seconds that the token endpoint takes for an answer; 0 by default. */
  latency?: number | undefined;
  /** Whether it speaks TLS, with a certificate that `caFile` and `environment` name. */
  tls?: boolean | undefined;
  /** The port; any free one by default. */
  port?: number | undefined;
  /** What the first token requests get, one each; the ordinary answer afterwards. */
  script?: readonly ScriptedAnswer[] | undefined;
  /** What it does wrong, by a name that `xilnex-auth sandbox --faults` lists. */
  fault?: string | undefined;
  /** How many token requests go well before the fault; 0 by default. */
  faultAfter?: number | undefined;
  /** How many token requests meet the fault; all by default. */
  faultTimes?: number | undefined;
}

/** What one token request gets. Delays are in seconds. */
export type ScriptedAnswer =
  | 'normal'
  | 'close'
  | 'silent'
  | { status: number; headers?: Record<string, string>; body?: string | object; delay?: number }
  | { raw: string; delay?: number }
  | { fault: string };

/** A request that a sandbox received. */
export interface RecordedRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** By names in lower case. */
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

/**
 * An authorization server on this machine, in this process. It ends with `stop`, with a `using` block, or with the process.
 * What it has seen can be read afterwards. `console.log` does not show its secret.
 */
export class Sandbox {
  private constructor();
  /** @throws {XilnexAuthError} `invalid_config` naming the option; `connect` where the port cannot be had. */
  static start(options?: SandboxOptions): Promise<Sandbox>;

  readonly baseUrl: string;
  /** A resource that wants a token: GET gives the rows that were sent by POST. */
  readonly dataUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The certificate to trust, with `tls`. */
  readonly caFile: string | undefined;
  /** The variables that configure a program for it. */
  readonly environment: Record<string, string>;
  /** How many requests reached the token endpoint. */
  readonly tokenRequests: number;
  /** The latest requests in order, at most a thousand. */
  readonly requests: RecordedRequest[];

  /** A client of it that goes by its time and shares no token with others; options over those of the sandbox. */
  client(options?: ClientOptions): Client;
  /** Puts its time and that of its clients forward by so many seconds. */
  advance(seconds: number): void;
  /** Makes its resource answer 401 to every token that was issued before. */
  revokeTokens(): void;
  /** Ends it, once or more often. */
  stop(): void;

  toJSON(): { baseUrl: string; clientId: string; tokenRequests: number };
  [Symbol.dispose](): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * A sandbox for one test of `node:test`: until the test has ended, `process.env` is that of the sandbox, and the client
 * of the process, which `getToken`, and `authFetch` without a client, use, goes by its time. A `new Client()` reaches it
 * too, by the time of this machine. One at a time in a process.
 */
export function withSandbox(
  test: { after(end: () => void): void },
  options?: SandboxOptions,
): Promise<Sandbox>;
