import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer } from "node:tls";
import { expect, test } from "vitest";
import { type Certificate, makeCertificate } from "../support/certificate.ts";

/** What a client that verifies says to a server with this certificate. */
async function handshake(certificate: Certificate, caPem: string, name: string): Promise<string> {
  const server = createServer({ cert: certificate.certPem, key: certificate.keyPem }, (socket) =>
    socket.end(),
  );
  server.on("tlsClientError", () => undefined);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const client = connect({ port, host: "127.0.0.1", servername: name, ca: caPem });
  const outcome = await once(client, "secureConnect").then(
    () => "ok",
    (cause: NodeJS.ErrnoException) => cause.code ?? cause.message,
  );
  client.destroy();
  server.close();
  return outcome;
}

test("is trusted by its own authority only, for its own names only, and in its time only", async () => {
  const made = makeCertificate({ hosts: ["db.test"] });
  const other = makeCertificate();
  const past = { notBefore: new Date("1999-12-31T23:00:00Z"), notAfter: new Date("2000-01-01") };
  const expired = makeCertificate(past);
  const early = makeCertificate({
    notBefore: new Date("2051-01-01"),
    notAfter: new Date("2052-01-01"),
  });
  expect(await handshake(made, made.caPem, "db.test")).toBe("ok");
  expect(await handshake(made, other.caPem, "db.test")).toBe("UNABLE_TO_VERIFY_LEAF_SIGNATURE");
  expect(await handshake(made, made.caPem, "other.test")).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
  expect(await handshake(expired, expired.caPem, "localhost")).toBe("CERT_HAS_EXPIRED");
  expect(await handshake(early, early.caPem, "localhost")).toBe("CERT_NOT_YET_VALID");
});

test("says what was asked for, read back", () => {
  const { certPem, caPem } = makeCertificate({
    hosts: ["a.test", "b.test"],
    addresses: ["127.0.0.2"],
  });
  const leaf = new X509Certificate(certPem);
  const authority = new X509Certificate(caPem);
  expect(leaf.subjectAltName).toBe("DNS:a.test, DNS:b.test, IP Address:127.0.0.2");
  expect(leaf.ca).toBe(false);
  expect(authority.ca).toBe(true);
  expect(leaf.verify(authority.publicKey)).toBe(true);
  expect(leaf.verify(leaf.publicKey)).toBe(false);
});
