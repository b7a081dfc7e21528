/** A place in the configuration, from the outside in. */
export type Path = readonly (string | number)[];

/** One thing that is wrong with the configuration. */
export interface Problem {
  /** `dragoman.yaml:12:5`, or `environment PORT`. */
  readonly where: string;
  /** Characters from the beginning of the file, for the order of complaints. */
  readonly offset?: number;
  /** `providers.router.kind`; empty for the whole. */
  readonly path: string;
  /** What is wrong, and what to write instead. Never holds a credential. */
  readonly message: string;
}

/** The configuration cannot be used; says everything that is wrong with it, a line each. */
export class ConfigError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[], options?: ErrorOptions) {
    const inOrder = problems.toSorted((a, b) => (a.offset ?? 0) - (b.offset ?? 0));
    super(inOrder.map(problemText).join('\n'), options);
    this.name = 'ConfigError';
    this.problems = inOrder;
  }
}

/** `dragoman.yaml:12:5  providers.router.kind: unknown kind ...` */
export function problemText(problem: Problem): string {
  return `${problem.where}  ${problem.path === '' ? '' : `${problem.path}: `}${problem.message}`;
}

/** `models["claude-*"].to[0]` */
export function pathText(path: Path): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (/^[A-Za-z_][\w-]*$/.test(part)) text += text === '' ? part : `.${part}`;
    else text += `[${JSON.stringify(part)}]`;
  }
  return text;
}

/** Where something was said. */
export interface Place {
  readonly where: string;
  /** Characters from the beginning of the file: the order in which things were said. */
  readonly offset: number;
}

/** Knows where each setting was said, so that whoever checks it later can still name the line. */
export class Source {
  /** The file, or `environment`. */
  readonly name: string;
  readonly #places: ReadonlyMap<string, Place>;

  constructor(name: string, places: ReadonlyMap<string, Place>) {
    this.name = name;
    this.#places = places;
  }

  /** Where the value at this path stands, or the nearest thing around it that was said. */
  place(path: Path): Place {
    for (let length = path.length; length > 0; length--) {
      const place = this.#places.get(placeKey(path.slice(0, length)));
      if (place !== undefined) return place;
    }
    return this.#places.get(placeKey([])) ?? { where: this.name, offset: 0 };
  }

  /** Where the key itself stands, for complaints about keys. */
  keyPlace(path: Path): Place {
    return this.#places.get(placeKey(path, 'key')) ?? this.place(path);
  }

  /** Something is wrong with the value at this path. */
  problem(path: Path, message: string): Problem {
    return { ...this.place(path), path: pathText(path), message };
  }

  /** Something is wrong with the key itself. */
  keyProblem(path: Path, message: string): Problem {
    return { ...this.keyPlace(path), path: pathText(path), message };
  }
}

/** The name under which a `Source` files a place. */
export function placeKey(path: Path, part: 'key' | 'value' = 'value'): string {
  return `${part} ${JSON.stringify(path)}`;
}
