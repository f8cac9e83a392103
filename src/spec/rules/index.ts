import { authorities } from "./authorities.ts";
import type { Rule } from "./context.ts";
import { entities } from "./entities.ts";
import { fields } from "./fields.ts";
import { indexes } from "./indexes.ts";
import { methods } from "./methods.ts";
import { names } from "./names.ts";
import { partitions } from "./partitions.ts";
import { preferences } from "./preferences.ts";
import { references } from "./references.ts";
import { renames } from "./renames.ts";
import { referencedDeleted } from "./referenced-deleted.ts";
import { requiredCircles } from "./required-circles.ts";
import { structures } from "./structures.ts";
import { unreadChecks } from "./unread-checks.ts";
import { views } from "./views.ts";

/** All rules; each reports every problem it finds, the order is made later by position. */
export const rules: readonly Rule[] = [
  names,
  entities,
  fields,
  renames,
  references,
  requiredCircles,
  referencedDeleted,
  unreadChecks,
  indexes,
  partitions,
  authorities,
  methods,
  structures,
  views,
  preferences,
];
