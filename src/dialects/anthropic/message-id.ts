import { flat } from '../../canon/flat.ts';

const unusual = /[^a-zA-Z0-9_-]/;
const everyUnusual = /[^a-zA-Z0-9_-]/g;

/** The id as clients expect it; one is made up where the answer has none. */
export function messageId(id: string): string {
  if (id === '') return flat('msg_', crypto.randomUUID().replaceAll('-', ''));
  if (id.startsWith('msg_')) return id;
  return flat('msg_', unusual.test(id) ? id.replaceAll(everyUnusual, '_') : id);
}
