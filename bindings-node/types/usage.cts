// What a CommonJS module in TypeScript writes; it is compiled, not run.
import auth = require('xilnex-auth');
import testing = require('xilnex-auth/testing');

async function call(): Promise<string> {
  await using client = new auth.Client({ timeout: 1 });
  try {
    return await client.authorizationHeader();
  } catch (error) {
    throw error instanceof auth.XilnexAuthError ? new Error(error.code) : error;
  }
}

async function attempt(): Promise<number> {
  await using sandbox = await testing.Sandbox.start();
  return (await auth.authFetch(sandbox.client())(sandbox.dataUrl)).status;
}

export = { attempt, call };
