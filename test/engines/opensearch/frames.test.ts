import { expect, test } from "vitest";
import { httpFramer } from "./frames.ts";

const sized = (head: string, body: string): string =>
  `${head}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

const requests = [
  "GET /_cluster/health HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n",
  sized("POST /n/_search?a=b HTTP/1.1", '{"a":"é"}'),
  sized("DELETE /n HTTP/1.1", ""),
];
const texts = ["GET /_cluster/health", "POST /n/_search?a=b", "DELETE /n"];
const replies = [
  sized("HTTP/1.1 200 OK\r\ncontent-type: application/json", '{"a":\r\n\r\n"é"}'),
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n0\r\n\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
  sized("HTTP/1.1 404 Not Found", ""),
];

/** The chunks of a text, each of so many bytes. */
const cut = (text: string, size: number): readonly Buffer[] => {
  const bytes = Buffer.from(text);
  const count = Math.ceil(bytes.length / size);
  return Array.from({ length: count }, (_, at) => bytes.subarray(at * size, (at + 1) * size));
};

test.each([1, 3, 7, 1_000])("requests and replies in chunks of %i bytes", (size) => {
  const framer = httpFramer();
  expect(cut(requests.join(""), size).flatMap((chunk) => framer.requests(chunk))).toEqual(texts);
  // A reply waits for its request: no two of them come in one chunk.
  const pieces = replies.flatMap((reply) =>
    cut(reply, size).flatMap((chunk) => framer.pieces(chunk)),
  );
  expect(Buffer.concat(pieces.map(({ bytes }) => bytes)).toString()).toBe(replies.join(""));
  for (const [number, reply] of replies.entries()) {
    const own = pieces.filter((piece) => piece.reply === number);
    expect(Buffer.concat(own.map(({ bytes }) => bytes)).toString()).toBe(reply);
    expect(own.map(({ last }) => last).indexOf(true)).toBe(own.length - 1);
  }
});
