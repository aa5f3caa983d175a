// The installation in an axios instance; without its types, so that they are those of the axios in use.
import type { Client } from 'xilnex-auth';

/** What the installation is told. */
export interface XilnexAuthOptions {
  /** The client of the process by default, asked for with each request. */
  client?: Client | undefined;
  /**
   * Where a token may be sent: origins such as `https://api.example.com`, of https or of this machine. Without a list,
   * to the first one that is asked for and may be sent a token. A request to any other goes without a token.
   */
  origins?: readonly (string | URL)[] | undefined;
}

/** What is needed of an instance of axios 1. */
export interface AxiosLike {
  create: (...options: any[]) => any;
  interceptors: { request: { use: (...handlers: any[]) => number } };
}

/**
 * Has the requests of this instance carry a token. An Authorization or `auth` that the caller gives stays as it is. After a
 * 401 to its own token it asks for another one and sends the request once more, unless the data is a stream. The responses
 * and errors of axios do not show the token. Gives back the instance.
 * @throws {XilnexAuthError} `invalid_config`, naming the origin that is none.
 */
export function installXilnexAuth<Instance extends AxiosLike>(
  instance: Instance,
  options?: XilnexAuthOptions,
): Instance;
