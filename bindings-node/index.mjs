// The package for `import`: the same objects as for `require`, so that an error is an instance of one class.
import auth from './index.js';

export const { AccessToken, Client, XilnexAuthError, authFetch, getToken, getTokenSync, onEvent, version } = auth;
