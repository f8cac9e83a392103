import { isDataError, programmingError } from "./errors.ts";

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

/**
 * The same codecs, but what one of them refuses is told with its property: `Order.totalCents: …`. Reading is not touched.
 *
 * @param codecs by property; those of children in objects of their own
 * @param tell the codec of a path; where an engine lets documents of other writers in, its decoder is told with the path, too
 */
export function named<C extends object>(of: string, codecs: C, tell = namedEncoder): C {
  const entries = Object.entries(codecs).map(([property, codec]: [string, object]) => {
    const path = `${of}.${property}`;
    return [property, isEncoder(codec) ? tell(path, codec) : named(path, codec, tell)];
  });
  return Object.fromEntries(entries) as C;
}

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
      return Promise.reject(isDataError(error) ? error : refused(operation, error));
    }
  };

const refused = (operation: string, cause: unknown): Error =>
  programmingError(cause instanceof TypeError ? cause.message : "a value cannot be encoded", {
    operation,
    cause,
  });
