/** A whole number with its thousands set apart, as English does by default. Without `Intl`, which takes 30 ms to wake. */
export const inThousands = (value: number, separator = ","): string =>
  String(Math.round(value)).replaceAll(/\B(?=(\d{3})+$)/g, separator);
