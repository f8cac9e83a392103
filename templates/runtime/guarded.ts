import { type DataError, isDataError, programmingError } from "./errors.ts";
import { amended } from "./failure.ts";

/**
 * The same methods, but a value that its codec refuses rejects the promise with `programming` instead of throwing at the call: values
 * are encoded before anything is sent.
 */
export function guarded<R extends object>(collection: string, methods: R): R {
  const entries = Object.entries(methods).map(([name, method]) => [
    name,
    guard(`${collection}.${name}`, method),
  ]);
  return Object.fromEntries(entries) as R;
}

export interface Encoder {
  readonly encode: (value: unknown) => unknown;
}

type Decode = (stored: unknown) => unknown;

const decoders = new Map<string, readonly (readonly [property: string, decode: Decode])[]>();

/** The decoders of what `named` took under this name, by property and in its order; none of what it never took. */
export const decodersOf = (of: string): readonly (readonly [string, Decode])[] =>
  decoders.get(of) ?? [];

/**
 * The same codecs, but what one of them refuses is told with its property: `Order.totalCents: …`. Reading is not touched.
 *
 * @param codecs by property; those of children in objects of their own
 * @param tell the codec of a path; where an engine lets documents of other writers in, its decoder is told with the path, too
 */
export function named<C extends object>(of: string, codecs: C, tell = namedEncoder): C {
  const all: readonly [string, object][] = Object.entries(codecs);
  decoders.set(of, all.flatMap(decoderOf));
  const entries = all.map(([property, codec]) => {
    const path = `${of}.${property}`;
    return [property, isEncoder(codec) ? tell(path, codec) : named(path, codec, tell)];
  });
  return Object.fromEntries(entries) as C;
}

const decoderOf = ([property, codec]: readonly [string, object]): readonly [string, Decode][] => {
  const decode: unknown = "decode" in codec ? codec.decode : undefined;
  return typeof decode === "function" ? [[property, decode as Decode]] : [];
};

// A child may have a field of that name, but its codec is no function.
const isEncoder = (codec: object): codec is Encoder =>
  "encode" in codec && typeof codec.encode === "function";

export const namedEncoder = (path: string, codec: Encoder): Encoder => ({
  ...codec,
  encode: (value) => {
    try {
      return codec.encode(value);
    } catch (cause) {
      throw cause instanceof TypeError
        ? new TypeError(`${path}: ${cause.message}`, { cause })
        : cause;
    }
  },
});

type Method = (...values: readonly unknown[]) => Promise<unknown>;

const guard =
  (operation: string, method: Method): Method =>
  (...values) => {
    try {
      return method(...values);
    } catch (error) {
      return Promise.reject(
        isDataError(error) ? told(operation, error) : refused(operation, error),
      );
    }
  };

/** What was refused before the call began knows no operation. */
const told = (operation: string, error: DataError): DataError =>
  error.operation === "" ? amended(error, { operation }) : error;

const refused = (operation: string, cause: unknown): Error =>
  programmingError(cause instanceof TypeError ? cause.message : "a value cannot be encoded", {
    operation,
    cause,
  });
