// What a CommonJS module in TypeScript writes; it is compiled, not run.
import auth = require('xilnex-auth');

async function call(): Promise<string> {
  await using client = new auth.Client({ timeout: 1 });
  try {
    return await client.authorizationHeader();
  } catch (error) {
    throw error instanceof auth.XilnexAuthError ? new Error(error.code) : error;
  }
}

export = call;
