/**
 * Throw-away certificates for TLS tests, made without any program: Node signs, but has no call that writes X.509, so the few
 * structures of RFC 5280 that a server certificate needs are encoded here.
 */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

/** PEM texts. `caPem` is the authority that signed `certPem`. */
export interface Certificate {
  readonly certPem: string;
  readonly keyPem: string;
  readonly caPem: string;
}

export interface CertificateNeed {
  /** Host names that the certificate is good for. */
  readonly hosts?: readonly string[];
  /** IPv4 addresses that the certificate is good for. */
  readonly addresses?: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

const dayMs = 86_400_000;

/** A server certificate with its own new authority; by default good for `localhost` and 127.0.0.1, for one day. */
export function makeCertificate(need: CertificateNeed = {}): Certificate {
  const {
    hosts = ["localhost"],
    addresses = ["127.0.0.1"],
    notBefore = new Date(Date.now() - dayMs),
    notAfter = new Date(Date.now() + dayMs),
  } = need;
  const authority = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const server = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const issuer = `test authority ${randomBytes(4).toString("hex")}`;
  const always = { notBefore: new Date(0), notAfter: new Date(Date.now() + 365 * dayMs) };
  const ca = certificate(
    { subject: issuer, issuer, ...always, key: authority.publicKey, extensions: [mayIssue()] },
    authority.privateKey,
  );
  const extensions = [alternativeNames(hosts, addresses)];
  const leaf = certificate(
    { subject: "test server", issuer, notBefore, notAfter, key: server.publicKey, extensions },
    authority.privateKey,
  );
  const keyPem = server.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  return { certPem: pem(leaf), keyPem, caPem: pem(ca) };
}

interface Content {
  readonly subject: string;
  readonly issuer: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly key: KeyObject;
  readonly extensions: readonly Buffer[];
}

const ecdsaWithSha256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));

function certificate(content: Content, signer: KeyObject): Buffer {
  const serial = Buffer.concat([Buffer.of(0x01), randomBytes(8)]);
  const body = sequence(
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, serial),
    ecdsaWithSha256,
    name(content.issuer),
    sequence(time(content.notBefore), time(content.notAfter)),
    name(content.subject),
    content.key.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(...content.extensions)),
  );
  return sequence(body, ecdsaWithSha256, bits(sign("sha256", body, signer)));
}

function mayIssue(): Buffer {
  const critical = der(0x01, Buffer.of(0xff));
  return sequence(oid(0x55, 0x1d, 0x13), critical, octets(sequence(der(0x01, Buffer.of(0xff)))));
}

function alternativeNames(hosts: readonly string[], addresses: readonly string[]): Buffer {
  const names = [
    ...hosts.map((host) => der(0x82, Buffer.from(host, "ascii"))),
    ...addresses.map((address) => der(0x87, Buffer.from(address.split(".").map(Number)))),
  ];
  return sequence(oid(0x55, 0x1d, 0x11), octets(sequence(...names)));
}

function name(common: string): Buffer {
  return sequence(der(0x31, sequence(oid(0x55, 0x04, 0x03), der(0x0c, Buffer.from(common)))));
}

/** RFC 5280 4.1.2.5: two-digit years until 2049, four digits from then on. */
function time(at: Date): Buffer {
  const digits = at.toISOString().replace(/[-:T]|\.\d+/g, "");
  return at.getUTCFullYear() < 2050
    ? der(0x17, Buffer.from(digits.slice(2)))
    : der(0x18, Buffer.from(digits));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function oid(...bytes: readonly number[]): Buffer {
  return der(0x06, Buffer.from(bytes));
}

function octets(content: Buffer): Buffer {
  return der(0x04, content);
}

function bits(content: Buffer): Buffer {
  return der(0x03, Buffer.concat([Buffer.of(0), content]));
}

function der(tag: number, content: Buffer): Buffer {
  const size = content.length;
  const length =
    size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.of(tag, ...length), content]);
}

function pem(content: Buffer): string {
  const lines = content.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
