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
   * True when it was dropped.
   */
  invalidate(token: string | AccessToken): boolean;
  /** Ends this client: later calls fail with `closed`. Others of equal configuration go on. */
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
  /** Seconds that the server asks to wait before the next request. */
  readonly retryAfter?: number;
  /** How many times the library asked for a token before it gave up, whether the request arrived or not. */
  readonly attempts: number;
  /** Whether the same call may succeed later without a change. */
  readonly isRetryable: boolean;
}

/** The text of a valid token, by the client that the environment configures. Rejects with XilnexAuthError. */
export function getToken(call?: CallOptions): Promise<string>;
/** As getToken, but blocks the thread while a request is under way. */
export function getTokenSync(call?: SyncCallOptions): string;

/** The version of this package. */
export const version: string;
