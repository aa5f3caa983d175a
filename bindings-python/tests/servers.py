"""HTTP servers of tests: each keeps what it was asked, and answers as a function says."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Asked(NamedTuple):
    """A request as a server received it, and the port of the connection that it came by."""

    method: str
    path: str
    authorization: object
    body: bytes
    connection: int


class Answer(NamedTuple):
    status: int = 200
    body: bytes = b"{}"
    location: object = None


class Server:
    """A server on this machine; `answer` maps what was asked to an Answer."""

    def __init__(self, answer=lambda asked: Answer()):
        self.asked = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler(answer))
        self._server.daemon_threads = True
        # A client may leave before it has read everything.
        self._server.handle_error = lambda *_: None
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def origin(self):
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def tokens(self):
        return [asked.authorization for asked in self.asked]

    def stop(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self, answer):
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do(self):
                asked = Asked(
                    self.command, self.path, self.headers["Authorization"], self.read(), self.client_address[1]
                )
                server.asked.append(asked)
                told = answer(asked)
                self.send_response(told.status)
                self.send_header("Content-Length", str(len(told.body)))
                if told.location:
                    self.send_header("Location", told.location)
                self.end_headers()
                self.wfile.write(told.body)

            def read(self):
                if self.headers["Transfer-Encoding"] != "chunked":
                    return self.rfile.read(int(self.headers["Content-Length"] or 0))
                body = b""
                while size := int(self.rfile.readline(), 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
                return body

            def log_message(self, *_):
                pass

            do_GET = do_POST = do_PUT = do

        return Handler
