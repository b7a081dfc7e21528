import type { EmbedTask } from '../../canon/embedding.ts';

const words: readonly (readonly [task: EmbedTask, word: string])[] = [
  ['search_document', 'RETRIEVAL_DOCUMENT'],
  ['search_query', 'RETRIEVAL_QUERY'],
  ['classification', 'CLASSIFICATION'],
  ['clustering', 'CLUSTERING'],
  ['similarity', 'SEMANTIC_SIMILARITY'],
  ['question_answering', 'QUESTION_ANSWERING'],
  ['fact_verification', 'FACT_VERIFICATION'],
  ['code_query', 'CODE_RETRIEVAL_QUERY'],
];
const taskByWord = new Map(words.map(([task, word]) => [word, task]));
const wordByTask = new Map(words);

/** Google's word as what all understand; an unknown one as it stands. */
export function readTask(word: string): EmbedTask | undefined {
  return word === '' || word === 'TASK_TYPE_UNSPECIFIED' ? undefined : (taskByWord.get(word) ?? word);
}

/** Google's word for a task; none where it has none. */
export function writeTask(task: EmbedTask): string | undefined {
  return wordByTask.get(task) ?? (/^[A-Z][A-Z_]+$/.test(task) ? task : undefined);
}
