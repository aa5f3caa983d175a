/// <reference lib="esnext.disposable" />
// What the package gives to TypeScript; written by hand, because the generated file describes the native part.

/** The options of a client. Each that is left out comes from the environment, then from its default. */
export interface ClientOptions {
  /** Client identifier, at most 100 characters. XILNEX_CLIENT_ID */
  clientId?: string | undefined;
  /** Client secret; or give clientSecretFile. XILNEX_CLIENT_SECRET */
  clientSecret?: string | undefined;
  /** File that holds the client secret; one newline at its end is dropped. XILNEX_CLIENT_SECRET_FILE */
  clientSecretFile?: string | URL | undefined;
  /** Base address of the authorization server; https, or http to this machine. XILNEX_BASE_URL */
  baseUrl?: string | URL | undefined;
  /** Scopes to ask for, separated by single spaces; not sent when not given. XILNEX_SCOPE */
  scope?: string | undefined;
  /** How the client authenticates: in the body, which is the default, or in a header. XILNEX_CLIENT_AUTH */
  clientAuth?: 'post' | 'basic' | undefined;
  /** Seconds for one call, everything included; 10 by default. XILNEX_TIMEOUT */
  timeout?: number | undefined;
  /** Seconds for resolving the name and connecting, proxy and TLS included; 3 by default. XILNEX_CONNECT_TIMEOUT */
  connectTimeout?: number | undefined;
  /** File with certificates to trust in addition to those of the system. XILNEX_CA_FILE */
  caFile?: string | URL | undefined;
  /** Address of an HTTP proxy, in place of the one that HTTPS_PROXY names. XILNEX_PROXY */
  proxy?: string | URL | undefined;
  /** Where tokens are kept. XILNEX_STORE */
  store?: 'memory' | undefined;
}

/** What one blocking call asks for. */
export interface SyncCallOptions {
  /**
   * Seconds that the token must still live. One that was fetched less than 30 s ago, or a quarter of its life, is the
   * best that the server has and is handed out all the same.
   */
  minTtl?: number | undefined;
  /** Seconds that this call may take, in place of the client's timeout. */
  timeout?: number | undefined;
}

/** What one call asks for. */
export interface CallOptions extends SyncCallOptions {
  /** Ends this call with the signal's reason. Others that wait for the same request go on. */
  signal?: AbortSignal | undefined;
}

/**
 * Gets access tokens and keeps them. Clients of equal configuration share one token and one request, in all
 * threads of the process. `console.log` and `JSON.stringify` show no secret and no token.
 */
export class Client {
  /**
   * Sends nothing.
   * @throws {XilnexAuthError} `invalid_config`, naming the option that is missing or wrong.
   */
  constructor(options?: ClientOptions);

  /** The text of a valid access token; from memory where possible. Rejects with XilnexAuthError. */
  getToken(call?: CallOptions): Promise<string>;
  /** As getToken, but blocks the thread while a request is under way. */
  getTokenSync(call?: SyncCallOptions): string;
  /** A valid access token with what is known of it. */
  accessToken(call?: CallOptions): Promise<AccessToken>;
  /** As accessToken, but blocks the thread while a request is under way. */
  accessTokenSync(call?: SyncCallOptions): AccessToken;
  /** The value of an Authorization header: `Bearer`, a space and a valid token. */
  authorizationHeader(call?: CallOptions): Promise<string>;
  /** As authorizationHeader, but blocks the thread while a request is under way. */
  authorizationHeaderSync(call?: SyncCallOptions): string;

  /**
   * Drops a token that a resource server refused, so that the next call fetches another; a newer one stays.
   * True when it was dropped: that costs a request, so it happens at most once in 30 s, however many are refused.
   */
  invalidate(token: string | AccessToken): boolean;
  /** What all clients of this configuration have done in this process. */
  stats(): Stats;
  /**
   * Ends this client: later calls fail with `closed`, and so do those that wait, at once. Others of equal configuration
   * go on.
   */
  close(): void;

  readonly clientId: string;
  readonly baseUrl: string;
  readonly scope: string | undefined;

  toJSON(): { clientId: string; baseUrl: string; scope?: string };
  [Symbol.dispose](): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** An access token. Immutable; `console.log` and `JSON.stringify` do not show its value. */
export class AccessToken {
  private constructor();
  /** The token text, to be sent to resource servers only. */
  get value(): string;
  /** How it is used. */
  get tokenType(): string;
  /** The granted scope, separated by spaces. */
  get scope(): string | undefined;
  /** When it expires. */
  get expiresAt(): Date;
  /** The value of an Authorization header. */
  get authorizationHeader(): string;
  toJSON(): { tokenType: string; scope?: string; expiresAt: Date };
}

/** Why no token could be given; further ones may come. */
export type XilnexAuthErrorCode =
  | 'invalid_config'
  | 'dns'
  | 'connect'
  | 'proxy'
  | 'tls'
  | 'timeout'
  | 'unavailable'
  | 'rejected'
  | 'bad_response'
  | 'closed'
  | 'internal'
  | (string & {});

/** Why no token could be given. Holds no secret and no token. */
export class XilnexAuthError extends Error {
  private constructor();
  readonly name: 'XilnexAuthError';
  /** The same in every language. */
  readonly code: XilnexAuthErrorCode;
  /** What to look at or to do, where the library can tell. */
  readonly hint?: string;
  /** The error code of the authorization server, such as `invalid_client` (RFC 6749 section 5.2). */
  readonly oauthError?: string;
  /** The status of the HTTP answer. */
  readonly httpStatus?: number;
  /**
   * Seconds to wait before the next call: what the server asked for, at most 300; of a failure that is told again,
   * how long this library will send no request.
   */
  readonly retryAfter?: number;
  /** How many times the library asked for a token before it gave up, whether the request arrived or not. */
  readonly attempts: number;
  /** Whether the same call may succeed later without a change. */
  readonly isRetryable: boolean;
  /**
   * Whether this is the failure of an earlier request, given again in the pause after it: no request was sent for this
   * call.
   */
  readonly isRepeated: boolean;
}

/** What the clients of one configuration have done in this process. Frozen; the same object is never given twice. */
export interface Stats {
  /** Token requests, whether they arrived or not. */
  readonly requests: number;
  /** Requests that brought a token. */
  readonly successes: number;
  /** Requests that failed, by code; codes that did not occur are left out. */
  readonly failures: { readonly [code in XilnexAuthErrorCode]?: number };
  /** Calls that were answered from memory. */
  readonly hits: number;
  /** Refreshes that were begun ahead of expiry. */
  readonly refreshesAhead: number;
  /** Calls that were answered from memory although the last refresh had failed. */
  readonly servedWhileFailing: number;
  /** Calls that were given the last error again, without a request. */
  readonly refusedInCoolDown: number;
  /** Calls that were refused because of too many requests a minute. */
  readonly refusedByBudget: number;
  /** Seconds that the last successful refresh took, its pauses included. */
  readonly lastRefresh?: number;
  /** Seconds for which the token at hand may still be handed out; 0 when it has expired. */
  readonly expiresIn?: number;
  /**
   * Seconds that this machine's clock is ahead of the server's, negative when it is behind: the least that explains the
   * `Date` of the last answer that had one.
   */
  readonly clockSkew?: number;
}

/** What an event is about; further ones may come. */
export type TokenEventName =
  | 'refresh_started'
  | 'refresh_succeeded'
  | 'refresh_failed'
  | 'served_during_outage'
  | 'invalidated'
  | 'clock_skew'
  | (string & {});

/** Something that happened to the tokens of this process. Frozen. Holds no secret and no token. */
export interface TokenEvent {
  /** What happened, the same in every language. */
  readonly name: TokenEventName;
  /** When. */
  readonly at: Date;
  /** The client identifier of the configuration. */
  readonly clientId: string;
  /** The first 8 hexadecimal digits of the token's SHA-256, where the event is about one. */
  readonly token?: string;
  /** Seconds that the refresh took, its pauses included, once it has ended. */
  readonly took?: number;
  /** Seconds for which the token may still be handed out, where the event is about one. */
  readonly expiresIn?: number;
  /** Why there is no new token, where that is so. */
  readonly error?: XilnexAuthError;
  /** Seconds that this machine's clock is ahead of the server's, negative when it is behind, where it is about that. */
  readonly clockSkew?: number;
  /**
   * Whether a person should look: the refresh of a token that is still valid failed, so that there is time left; or a
   * clock is wrong.
   */
  readonly isWarning: boolean;
  /** A line for a log. */
  readonly message: string;
}

/** Ends a subscription; also at the end of a block, by `using`. */
export interface EndOfEvents {
  (): void;
  [Symbol.dispose](): void;
}

/** The text of a valid token, by the client that the environment configures. Rejects with XilnexAuthError. */
export function getToken(call?: CallOptions): Promise<string>;
/** As getToken, but blocks the thread while a request is under way. */
export function getTokenSync(call?: SyncCallOptions): string;

/** What authFetch is told. */
export interface AuthFetchOptions {
  /**
   * Where a token may be sent: origins such as `https://api.example.com`, of https or of this machine. Without a list,
   * to the first one that is asked for and may be sent a token. A request to any other goes without a token.
   */
  origins?: readonly (string | URL)[] | undefined;
  /** What sends the requests; the global fetch, as it is then, by default. */
  fetch?: typeof fetch | undefined;
}

/**
 * A fetch function that sends a token along. An Authorization that the caller gives stays as it is. After a 401 to its own
 * token it asks for another one and sends the request once more, unless the body is a stream or that of a Request; the
 * signal of the request ends waiting for the token too. Rejects as fetch does, and with XilnexAuthError.
 * @param client The client of the process by default, asked for with each request.
 * @throws {XilnexAuthError} `invalid_config`, naming the origin that is none.
 */
export function authFetch(client?: Client, options?: AuthFetchOptions): typeof fetch;

/**
 * Has `listener` called in this thread for every event of the process, whichever thread it happened in. What it throws
 * is an uncaught exception. Does not keep the process alive.
 */
export function onEvent(listener: (event: TokenEvent) => void): EndOfEvents;

/** The version of this package. */
export const version: string;
