import type { Loss } from '../../canon/loss.ts';
import type { ChatRequest } from '../../canon/request.ts';
import type { Quirks, WriteOptions } from '../dialect.ts';
import { anthropicName } from './ext.ts';

/** What the writers of one request share. */
export interface Writing {
  readonly request: ChatRequest;
  readonly quirks: Quirks;
  /** The client speaks another language: what the service would refuse is adapted instead of left to it. */
  readonly foreign: boolean;
  /** Whether cache marks may be written. */
  readonly marks: boolean;
  lose(what: Loss['what'], path: string, why: string): void;
}

/** Begins the writing of a request. */
export function beginWriting(request: ChatRequest, { quirks, lose }: WriteOptions): Writing {
  return {
    request,
    quirks,
    foreign: request.from !== anthropicName,
    marks: quirks.cache_control !== false,
    lose: (what, path, why) => lose({ what, path, why }),
  };
}
