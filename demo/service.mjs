// A service: answers GET /stock with what the API tells, calling it with a token. Ends when stdin is closed.
import { createServer } from 'node:http';
import { getToken } from 'xilnex-auth';

const api = process.env.API_URL;

async function stock() {
  const answer = await fetch(`${api}/data`, { headers: { authorization: `Bearer ${await getToken()}` } });
  if (!answer.ok) throw new Error(`the API answered ${answer.status}`);
  const { rows } = await answer.json();
  return { rows: rows.length };
}

const server = createServer(async (request, response) => {
  try {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(await stock()));
  } catch (error) {
    response.writeHead(502).end(error.message);
  }
});

server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.resume().on('end', () => server.close());
