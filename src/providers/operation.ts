import type { DialectName } from '../canon/content.ts';

/**
 * What is asked of providers besides answers in a conversation, by the paths that OpenAI's API has for it: a dot stands
 * for a slash.
 */
export const operations = [
  'embeddings',
  'images.generations',
  'images.edits',
  'images.variations',
  'audio.speech',
  'audio.transcriptions',
  'audio.translations',
  'moderations',
  'completions',
  'rerank',
  'files',
  'uploads',
  'fine_tuning',
  'vector_stores',
  'batches',
  'containers',
  'videos',
] as const;

export type Operation = (typeof operations)[number];

/** Where an operation is at a service. The first rule that fits counts. */
export interface OperationRule {
  /** All of them where this is absent. */
  readonly does?: readonly Operation[];
  readonly match?: string;
  readonly speaks: DialectName;
  /**
   * After the base URL; `{model}` stands for the model's name, `{operation}` for the path that OpenAI has. Where a language
   * has several sorts of body, a path for each, the preferred first.
   */
  readonly path: string | { readonly [form: string]: string };
  /** A setting without which, and one with which, the rule does not count. */
  readonly needs?: string;
  readonly without?: string;
}

/** Everything that has to do with files that lie with the provider. */
export const storing: readonly Operation[] = ['files', 'uploads', 'fine_tuning', 'vector_stores', 'batches'];

/** Where OpenAI's API has an operation, without a slash before it. */
export function operationPath(operation: Operation): string {
  return operation.replace('.', '/');
}
