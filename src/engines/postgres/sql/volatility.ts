/**
 * Functions of PostgreSQL that give one value for a whole statement (`stable`) or for ever (`immutable`): a default that calls only these is
 * computed once and kept in the catalogue, without touching a row. Source: pg_proc.provolatile of PostgreSQL 18.
 */
const steady: ReadonlySet<string> = new Set(
  `now transaction_timestamp statement_timestamp current_setting current_database current_schema current_user session_user
  lower upper initcap concat concat_ws format to_char to_date to_timestamp to_number to_json to_jsonb json_build_object jsonb_build_object
  json_build_array jsonb_build_array array_fill array_to_string string_to_array make_interval make_date make_time make_timestamp
  make_timestamptz date_trunc date_part extract timezone age decode encode md5 sha224 sha256 sha384 sha512 length char_length octet_length
  substring substr trim btrim ltrim rtrim replace regexp_replace split_part lpad rpad repeat reverse left right abs round floor ceil ceiling
  power sqrt mod sign trunc width_bucket int4range int8range numrange tsrange tstzrange daterange to_tsvector to_tsquery setweight
  jsonb_set jsonb_strip_nulls array_append array_prepend array_cat cardinality hashtext quote_literal quote_ident text int4 int8 numeric
  date interval bool float8 varchar`.split(/\s+/),
);

/** Whether a function may give another value for each row. One that is not known is taken to: what it does is not in the text. */
export const isVolatile = (name: string): boolean => !steady.has(name);
