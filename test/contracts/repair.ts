import { describe, expect, it, onTestFinished } from 'vitest';
import { canonicalJson, type Json } from '../../src/domain/json.js';
import type { Prepared, Refusal } from '../../src/domain/plan.js';
import type { Io } from '../../src/io/io.js';
import type { Receipts, Repair, RepairTarget, Step, StepPosition } from '../../monitoring/repairs/repair.js';
import { until } from '../doubles/pm2-home.js';

/** Something real that the repair can be done to, begun anew for each test. */
export interface RepairWorld<A> {
  readonly target: RepairTarget;
  readonly args: A;
  readonly io: Io;
  /** The same outside over a connection of its own, whose calls give up within two seconds; `cut` breaks it. */
  other(): { readonly io: Io; cut(): Promise<void> };
  /** All that the repair could touch, as it is now. */
  look(): Promise<Json>;
  /** What of it an undo brings back. */
  essence(): Promise<Json>;
  /** The server keeps its connections and answers nothing; null where there is no server. */
  readonly freeze: (() => Promise<void>) | null;
  thaw(): Promise<void>;
  close(): Promise<void>;
}

export interface RepairCase<A, W extends RepairWorld<A> = RepairWorld<A>> {
  readonly repair: Repair<A>;
  open(): Promise<W>;
  /** What it must not do: changes the world where it has to, and gives what is prepared then. */
  readonly refused: Readonly<Record<string, (world: W) => Promise<Partial<Pick<RepairWorld<A>, 'target' | 'args' | 'io'>> | void>>>;
}

/** A step that keeps no deadline of its own is given up on after this. */
const PATIENCE_MS = 8_000;
const CALLED_OFF_MS = 300;

/** What every repair must do, on the real thing. */
export function repairContract<A, W extends RepairWorld<A>>({ repair, open, refused }: RepairCase<A, W>): void {
  describe(`${repair.kind}, as every repair`, () => {
    async function world(): Promise<W> {
      const opened = await open();
      onTestFinished(() => opened.close());
      return opened;
    }

    const prepareIn = (at: RepairWorld<A>, over: Partial<RepairWorld<A>> = {}): Promise<Prepared | Refusal> => {
      const { target, args, io } = { ...at, ...over };
      return repair.prepare(target, args, io, AbortSignal.timeout(PATIENCE_MS));
    };

    async function preparedIn(at: RepairWorld<A>): Promise<Prepared> {
      const prepared = await prepareIn(at);
      if ('refused' in prepared) throw new Error(`refused: ${prepared.refused}`);
      return prepared;
    }

    /** As the store gives it back after a restart of ours. */
    const stepsOf = (at: RepairWorld<A>, prepared: Prepared): readonly Step[] => repair.steps(at.target, at.args, JSON.parse(JSON.stringify(prepared)) as Prepared);

    it('prepares the same from the same, says it plainly, and touches nothing', async () => {
      const at = await world();
      const before = await at.look();
      const [first, second] = [await preparedIn(at), await preparedIn(at)];
      expect(await at.look()).toEqual(before);
      expect(hashed(second)).toBe(hashed(first));
      expectSound(first, at.target);
      expect(stepsOf(at, first).map(({ name, timeoutMs }) => ({ name, timeoutMs }))).toEqual(first.does.map(({ name, timeoutMs }) => ({ name, timeoutMs })));
    });

    it('is done once, however often it is asked', async () => {
      const at = await world();
      const prepared = await preparedIn(at);
      const { receipts } = await walk(stepsOf(at, prepared), prepared, at.io);
      const done = await at.essence();
      for (const step of stepsOf(at, prepared)) expect(await step.state(prepared.witness, receipts, at.io), step.name).toBe('after');
      expect(await at.essence()).toEqual(done);
    });

    it('tells the truth after a kill -9 between intent and receipt', async () => {
      const at = await world();
      const prepared = await preparedIn(at);
      // Of the steps before it that were told; the step's own is what the death swallows.
      const receipts: Record<string, Json> = {};
      for (const step of stepsOf(at, prepared)) {
        if (!(await isToBegin(step, { prepared, receipts }, at.io))) continue;
        const dying = at.other();
        const act = step.act(prepared.witness, receipts, dying.io, AbortSignal.timeout(step.timeoutMs)).catch(() => null);
        await dying.cut();
        await act;
        if ((await atRest(step, { prepared, receipts }, at.io)) === 'before') receipts[step.name] = await step.act(prepared.witness, receipts, at.io, AbortSignal.timeout(step.timeoutMs));
        await isAfter(step, prepared, receipts, at.io);
      }
    });

    it('cannot tell while its server is frozen, and keeps its deadline', async ({ skip }) => {
      const at = await world();
      if (at.freeze === null) return skip('it has no server');
      const prepared = await preparedIn(at);
      const [step] = stepsOf(at, prepared) as [Step];
      const hasty = at.other();
      onTestFinished(() => hasty.cut());
      await at.freeze();
      const began = performance.now();
      expect(await step.state(prepared.witness, {}, hasty.io)).toBe('unknown');
      await expect(step.act(prepared.witness, {}, hasty.io, AbortSignal.timeout(CALLED_OFF_MS))).rejects.toThrow();
      const unprepared = await prepareIn(at, { io: hasty.io });
      expect(performance.now() - began).toBeLessThan(PATIENCE_MS);
      expect('refused' in unprepared && unprepared.unchecked, 'whether it can be done is not known').toBeTruthy();
      await at.thaw();
      expect(['before', 'after']).toContain(await atRest(step, { prepared, receipts: {} }, at.io));
    });

    it('goes back to where it was, also after a kill -9 on the way, where it has a way back', async ({ skip }) => {
      const at = await world();
      const prepared = await preparedIn(at);
      const steps = stepsOf(at, prepared);
      if (steps.every(({ undo }) => undo === undefined)) return skip('it has none');
      const before = await at.essence();
      const { receipts } = await walk(steps, prepared, at.io);
      expect(await at.essence(), 'it did something').not.toEqual(before);
      for (const step of steps.toReversed().filter(({ undo }) => undo !== undefined)) {
        const others = Object.fromEntries(Object.entries(receipts).filter(([name]) => name !== step.name));
        const undo = async (io: Io): Promise<void> => step.undo?.(receipts[step.name] ?? null, io, AbortSignal.timeout(step.timeoutMs));
        const dying = at.other();
        const half = undo(dying.io).catch(() => undefined);
        await dying.cut();
        await half;
        // As the journal does it: what is not seen to be undone is undone again.
        if ((await atRest(step, { prepared, receipts }, at.io)) !== 'before') await undo(at.io);
        await until(`${step.name} to be undone`, async () => (await step.state(prepared.witness, others, at.io)) === 'before');
      }
      await until('all to be as before', async () => canonicalJson(await at.essence()) === canonicalJson(before));
    });

    it.each(Object.entries(refused))('refuses %s, in one plain line', async (_, arrange) => {
      const at = await world();
      const over = (await arrange(at)) ?? {};
      const before = await at.look();
      const result = await prepareIn(at, over);
      expect('refused' in result ? result.refused : result.does.map(({ does }) => does)).toMatch(/^\S[^\n]{10,400}$/);
      expect(await at.look()).toEqual(before);
    });
  });
}

/** What a yes is to, as the plan stage hashes it. */
function hashed({ does, touches, leadsTo, bounds, verify, followUp, wayBack }: Prepared): string {
  return canonicalJson({ does, touches, leadsTo, bounds, verify, followUp, wayBack } as unknown as Json);
}

function expectSound(prepared: Prepared, target: RepairTarget): void {
  const { does, touches, bounds, notes, wayBack } = prepared;
  expect(does.length).toBeGreaterThan(0);
  expect(new Set(does.map(({ name }) => name)).size, 'each step has a name of its own').toBe(does.length);
  for (const { timeoutMs } of does) expect(timeoutMs > 0 && timeoutMs <= 30 * 60_000).toBe(true);
  for (const line of [...does.map((step) => step.does), ...notes, ...(wayBack === null ? [] : [wayBack])]) {
    expect(line).toMatch(/^\S[^\n]{2,400}$/);
    expect(line).not.toMatch(/NaN|undefined|Infinity|\[object/);
  }
  expect(touches).toContain(target.id);
  expect(Object.values(bounds).every((bound) => Number.isFinite(bound) && bound >= 0)).toBe(true);
  expect(JSON.parse(JSON.stringify(prepared)), 'it can be kept').toEqual(prepared);
  if (target.url !== null) expect(JSON.stringify(prepared)).not.toContain(target.url);
}

/** Every step from 'before' to 'after', one after the other. */
async function walk(steps: readonly Step[], prepared: Prepared, io: Io): Promise<{ readonly receipts: Receipts }> {
  const receipts: Record<string, Json> = {};
  for (const step of steps) {
    if (!(await isToBegin(step, { prepared, receipts }, io))) continue;
    receipts[step.name] = await step.act(prepared.witness, receipts, io, AbortSignal.timeout(step.timeoutMs));
    await isAfter(step, prepared, receipts, io);
  }
  return { receipts };
}

/** Written down and not begun. A step that only looks whether those before it had their effect may find nothing left to do. */
async function isToBegin(step: Step, { prepared, receipts }: { readonly prepared: Prepared; readonly receipts: Receipts }, io: Io): Promise<boolean> {
  const position = await step.state(prepared.witness, receipts, io);
  expect(Object.keys(receipts).length === 0 ? ['before'] : ['before', 'after'], step.name).toContain(position);
  return position === 'before';
}

async function isAfter(step: Step, prepared: Prepared, receipts: Receipts, io: Io): Promise<void> {
  await until(`${step.name} to be done`, async () => (await step.state(prepared.witness, receipts, io)) === 'after');
}

async function atRest(step: Step, { prepared, receipts }: { readonly prepared: Prepared; readonly receipts: Receipts }, io: Io): Promise<StepPosition> {
  let position: StepPosition = 'unknown';
  await until(`${step.name} to be at rest`, async () => {
    position = await step.state(prepared.witness, receipts, io);
    return position === 'before' || position === 'after';
  });
  return position;
}
