/**
 * The schema as editors want it, for completion and checking while somebody writes a lab.
 * Comes from: schema.ts, fields.ts.  Goes to: public/scenario.schema.json, docs/lab-files.md.
 */
import * as z from 'zod';
import { EXPECTATIONS, isExpectation } from './expectations.ts';
import { FIELDS } from './fields.ts';
import { ScenarioFile } from './schema.ts';
import type { Text } from './types.ts';

/** As much of JSON Schema as the format uses. */
interface Schema {
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  items?: Schema | boolean;
  anyOf?: Schema[];
}

/** One field of a lab file. */
export interface ScenarioField {
  /** `*` stands for a name that the file chooses, `[]` for each entry of a list */
  readonly path: string;
  readonly required: boolean;
  /** null: more fields below it */
  readonly holds: Text | null;
  readonly meaning: Text;
}

function schemaOf(): Schema {
  return z.toJSONSchema(ScenarioFile, { io: 'input' }) as Schema;
}

/** Goes through all fields that have names, in the order of the schema. */
function visit(schema: Schema, path: string, found: (path: string, field: Schema, required: boolean) => void): void {
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    // a text in two languages is one field
    if (name === 'en' || name === 'zh') continue;
    const here = path === '' ? name : `${path}.${name}`;
    found(here, field, schema.required?.includes(name) === true);
    visit(field, here, found);
  }
  if (typeof schema.additionalProperties === 'object') visit(schema.additionalProperties, `${path}.*`, found);
  if (typeof schema.items === 'object') visit(schema.items, `${path}[]`, found);
  for (const choice of schema.anyOf ?? []) visit(choice, path, found);
}

/** All fields of a lab file. */
export function scenarioFields(): ScenarioField[] {
  const fields: ScenarioField[] = [];
  visit(schemaOf(), '', (path, { description }, required) => {
    const holds = Object.keys(EXPECTATIONS).find((id) => isExpectation(id) && EXPECTATIONS[id].en === description);
    const meaning = FIELDS[path];
    if (meaning === undefined) throw new Error(`the field ${path} has no meaning in fields.ts`);
    fields.push({ path, required, holds: holds !== undefined && isExpectation(holds) ? EXPECTATIONS[holds] : null, meaning });
  });
  return fields;
}

/** JSON text of the schema, with a newline at the end. */
export function scenarioJsonSchema(): string {
  const schema = schemaOf();
  visit(schema, '', (path, field) => {
    const meaning = FIELDS[path]?.en ?? '';
    field.description = field.description === undefined ? meaning : `${meaning} (${field.description})`;
  });
  return `${JSON.stringify({ title: 'LVS Lab scenario, version 1', ...schema }, null, 2)}\n`;
}
