import { readdirSync, readFileSync } from 'node:fs';

const microsPerTick = 10_000;

/** CPU time that processes have used so far: of each thread that lives, exactly; and of the whole, in ticks. */
export interface CpuTime {
  readonly threads: ReadonlyMap<string, number>;
  readonly ticks: number;
}

/** A process and all that it started and those started, as far as they run; itself alone where /proc does not tell. */
export function family(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap(family)];
}

function childrenOf(pid: number): number[] {
  try {
    const lists = readdirSync(`/proc/${pid}/task`).map((id) =>
      readFileSync(`/proc/${pid}/task/${id}/children`, 'utf8'),
    );
    return lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number));
  } catch {
    return [];
  }
}

/** CPU time of processes, user and system; nothing where /proc does not tell. */
export function cpuTime(pids: readonly number[]): CpuTime | undefined {
  try {
    const threads = pids.flatMap((pid) =>
      readdirSync(`/proc/${pid}/task`).map((id) => [id, readSchedule(`/proc/${pid}/task/${id}/schedstat`)] as const),
    );
    return { threads: new Map(threads), ticks: pids.reduce((sum, pid) => sum + readTicks(pid), 0) };
  } catch {
    return undefined;
  }
}

function readSchedule(file: string): number {
  return Number(readFileSync(file, 'utf8').split(' ', 1)[0]) / 1000;
}

/** Of all threads, those that have ended too. */
function readTicks(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

/**
 * Microseconds that were used between two looks. A thread that has ended takes its exact figure with it: then the ticks
 * decide, and where more threads came and went than anybody saw.
 */
export function cpuBetween(before: CpuTime | undefined, after: CpuTime | undefined): number | undefined {
  if (before === undefined || after === undefined) return undefined;
  const inTicks = (after.ticks - before.ticks) * microsPerTick;
  if ([...before.threads.keys()].some((id) => !after.threads.has(id))) return inTicks;
  let exact = 0;
  for (const [id, micros] of after.threads) exact += micros - (before.threads.get(id) ?? 0);
  return Math.max(exact, inTicks - microsPerTick * 2);
}

/** Memory that processes hold now, the sum of what each has resident, in KiB; nothing where /proc does not tell. */
export function residentKiB(pids: readonly number[]): number | undefined {
  try {
    return pids.map(residentOf).reduce((sum, kib) => sum + kib, 0);
  } catch {
    return undefined;
  }
}

function residentOf(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}
