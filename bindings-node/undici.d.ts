// The interceptor for undici; without its types, so that they are those of the undici in use.
import type { Client } from 'xilnex-auth';

/** What the interceptor is told. */
export interface XilnexAuthOptions {
  /** The client of the process by default, asked for with each request. */
  client?: Client | undefined;
  /**
   * Where a token may be sent: origins such as `https://api.example.com`, of https or of this machine. Without a list,
   * to the first one that is asked for and may be sent a token. A request to any other goes without a token.
   */
  origins?: readonly (string | URL)[] | undefined;
}

/**
 * An interceptor for `compose` of an `Agent`, from undici 7: requests carry a token. An Authorization that the caller gives
 * stays as it is. After a 401 to its own token it asks for another one and sends the request once more, unless the body is a
 * stream. A request without `origin`, which a `Pool` or `Client` allows, goes without a token.
 * @throws {XilnexAuthError} `invalid_config`, naming the origin that is none.
 */
export function xilnexAuth(
  options?: XilnexAuthOptions,
): <Dispatch extends (request: any, handler: any) => boolean>(dispatch: Dispatch) => Dispatch;
