import { isObject, type JsonObject, parseJson } from '../../canon/json.ts';
import { CallArguments } from './call-arguments.ts';
import { optional, spelt } from './field.ts';

/** A call whose arguments came one by one, as far as it is known. */
interface Begun {
  readonly call: JsonObject;
  readonly args: CallArguments;
}

/**
 * Parts with every call whole. Clients that are streamed a call's arguments keep its pieces as they came, each a part of
 * its own; those without a name belong to the call before them.
 */
export class CallPieces {
  #begun: Begun | undefined;

  /** The part, its call ready to grow; nothing for a piece that has been added to an earlier one. */
  take(part: JsonObject): JsonObject | undefined {
    const call = optional(part.functionCall, 'functionCall', (value) => (isObject(value) ? spelt(value) : undefined));
    if (call === undefined) return part;
    const { partialArgs, willContinue, ...whole } = call;
    const isPiece = partialArgs !== undefined || willContinue !== undefined || this.#begun !== undefined;
    if (!isPiece) return part;
    if (whole.name === undefined && this.#begun !== undefined) {
      this.#grow(this.#begun, call);
      return undefined;
    }
    const begun = { call: whole, args: new CallArguments() };
    this.#grow(begun, call);
    return { ...part, functionCall: whole };
  }

  #grow(begun: Begun, piece: JsonObject): void {
    const list = Array.isArray(piece.partialArgs) ? (piece.partialArgs as unknown[]).filter(isObject).map(spelt) : [];
    begun.args.add({ ...piece, partialArgs: list });
    begun.call.args = parseJson(begun.args.json());
    this.#begun = piece.willContinue === true ? begun : undefined;
  }
}
