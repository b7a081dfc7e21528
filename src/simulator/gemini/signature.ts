import { createHmac } from 'node:crypto';
import { isObject, type Json, type JsonObject } from '../json.ts';

const KEY = 'dragoman simulator thought signature';
const MAC_BYTES = 32;

/** What the service takes in place of a signature, for calls that another model has made. */
const STAND_INS: readonly string[] = ['skip_thought_signature_validator', 'context_engineering_is_the_way_to_go'];

/** The same text for the same value, however its members are ordered. */
function canonical(value: Json | undefined): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value ?? null);
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`;
}

function sealed(payload: Buffer): string {
  const mac = createHmac('sha256', KEY).update(payload).digest();
  return Buffer.concat([mac, payload]).toString('base64');
}

function payloadOf(name: string, args: Json | undefined): Buffer {
  return Buffer.from(canonical({ name, args: args ?? {} }));
}

/** Whether a call is the one that was signed. Clients fill in what the model has left to its default. */
function isOf(signed: Buffer, { name, args }: { name: string; args: Json | undefined }): boolean {
  const was = JSON.parse(signed.toString('utf8')) as Json;
  if (!isObject(was) || was.name !== name) return false;
  const [before, after] = [was.args, args].map((value) => (isObject(value) ? value : {}));
  return Object.keys(before ?? {}).every((member) => canonical(before?.[member]) === canonical(after?.[member]));
}

const TEXT = Buffer.from('a text that was thought about');

/** The signature of a call; it is good for this function with these arguments, and what a client adds to them. */
export function signCall(name: string, args: JsonObject): string {
  return sealed(payloadOf(name, args));
}

/** The signature of a text. */
export function signText(): string {
  return sealed(TEXT);
}

/** Whether a part carries the signature that it was given; `corrupted` when no simulator has ever given it. */
export function judge(
  signature: string,
  call?: { name: string; args: Json | undefined },
): 'good' | 'wrong' | 'corrupted' {
  if (STAND_INS.includes(signature)) return 'good';
  const payload = Buffer.from(signature, 'base64').subarray(MAC_BYTES);
  if (sealed(payload) !== signature) return 'corrupted';
  const isText = payload.equals(TEXT);
  if (call === undefined || isText) return isText === (call === undefined) ? 'good' : 'wrong';
  return isOf(payload, call) ? 'good' : 'wrong';
}
