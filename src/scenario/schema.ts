/**
 * The shape of a scenario file, version 1. The published JSON Schema is generated from it.
 * Comes from: the file.  Goes to: load.ts (checks), json-schema.ts.
 * What a shape cannot say (a cable's end must exist) is said in check.ts.
 */
import * as z from 'zod';
import { EXPECTATIONS, type Expectation } from './expectations.ts';
import { LIMITS } from './limits.ts';

/** The error of a field is the id of its expectation. */
function wants(id: Expectation): { error: string } {
  return { error: id };
}

function described<T extends z.ZodType>(type: T, id: Expectation): T {
  return type.meta({ description: EXPECTATIONS[id].en });
}

const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,31}$/;
const IFACE = /^[A-Za-z][A-Za-z0-9_.-]{0,14}$/;
const SPAN = /^\d+(\.\d+)?\s*(ns|us|µs|ms|s|m|h)?$/;

const text = (max: number) =>
  described(
    z.union(
      [z.string().min(1).max(max), z.strictObject({ en: z.string().min(1).max(max), zh: z.string().min(1).max(max) })],
      wants('text'),
    ),
    'text',
  );
const span = described(z.union([z.number().min(0), z.string().regex(SPAN, wants('span'))], wants('span')), 'span');
const nodeName = described(z.string(wants('name')).regex(NAME, wants('name')), 'name');
const end = described(
  z.string(wants('end')).regex(/^[A-Za-z][A-Za-z0-9_-]{0,31}(:[A-Za-z0-9][A-Za-z0-9_.-]{0,14})?$/, wants('end')),
  'end',
);
const ends = z.tuple([end, end], wants('link'));
const place = described(z.tuple([z.number(), z.number()], wants('at')), 'at');

const iface = z.strictObject({
  mac: described(z.string(wants('mac')).regex(/^[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}$/, wants('mac')), 'mac').optional(),
  mtu: described(z.int(wants('mtu')).min(68, wants('mtu')).max(9000, wants('mtu')), 'mtu').optional(),
});

const node = z.strictObject({
  kind: described(z.enum(['linux', 'switch'], wants('kind')), 'kind').optional(),
  role: described(z.enum(['client', 'router', 'director', 'realserver', 'host', 'switch'], wants('role')), 'role').optional(),
  at: place.optional(),
  interfaces: z.record(z.string().regex(IFACE, wants('iface')), iface.nullable()).optional(),
  setup: described(z.string(wants('setup')).max(LIMITS.setup, wants('setup')), 'setup').optional(),
  ports: described(z.int(wants('ports')).min(1, wants('ports')).max(LIMITS.ports, wants('ports')), 'ports').optional(),
});

const rate = described(
  z.union([z.number().positive(), z.string().regex(/^(none|\d+(\.\d+)?\s*[kMG]?(bit|bit\/s)?)$/, wants('rate'))], wants('rate')),
  'rate',
);
const loss = described(z.union([z.number().min(0).max(1), z.string().regex(/^\d+(\.\d+)?\s*%$/, wants('loss'))], wants('loss')), 'loss');

const link = z.union([ends, z.strictObject({ ends, delay: span.optional(), rate: rate.optional(), loss: loss.optional() })], wants('link'));

const entry = z.strictObject({
  at: span,
  node: nodeName,
  run: described(z.string(wants('command')).min(1, wants('command')).max(LIMITS.command, wants('command')), 'command'),
  title: text(LIMITS.title).optional(),
});

const remark = z.strictObject({ at: span, text: text(LIMITS.about) });

export const ScenarioFile = z.strictObject({
  'lvs-lab': described(z.literal(1, wants('version')), 'version'),
  title: text(LIMITS.title),
  about: text(LIMITS.about),
  seed: described(z.int(wants('seed')).min(0, wants('seed')).max(0xffffffff, wants('seed')), 'seed').optional(),
  nodes: z.record(z.string().regex(NAME, wants('name')), node),
  links: z.array(link).max(LIMITS.links).optional(),
  timeline: z.array(entry).max(LIMITS.timeline).optional(),
  until: span.optional(),
  pins: z
    .array(described(z.string(wants('pin')).regex(/^[A-Za-z][A-Za-z0-9_-]{0,31}:\s*net\.[\w./-]+$/, wants('pin')), 'pin'))
    .max(LIMITS.pins)
    .optional(),
  hints: z.array(remark).max(LIMITS.remarks).optional(),
  bookmarks: z.array(remark).max(LIMITS.remarks).optional(),
});

export type ScenarioFile = z.infer<typeof ScenarioFile>;
export type NodeEntry = ScenarioFile['nodes'][string];
export type LinkEntry = NonNullable<ScenarioFile['links']>[number];
export type TextEntry = ScenarioFile['title'];
