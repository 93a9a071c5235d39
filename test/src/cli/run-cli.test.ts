import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SHOP_FAULTS } from '../../../scripts/shop/break-shop.js';
import { audit } from '../../../src/store/audits.js';
import { tell } from '../../../src/store/events.js';
import { resolveIncident } from '../../../src/store/incidents.js';
import { movePlan } from '../../../src/store/plans.js';
import { judgeAnswer, unjudgedAnswers } from '../../../src/store/answers.js';
import { closeQuestion } from '../../../src/store/questions.js';
import { beginRemediation, endRemediation } from '../../../src/store/remediations.js';
import { openStore } from '../../../src/store/store.js';
import { BEGAN, MINUTE } from '../cards/views.js';
import { asked, broken, launched, monitorAnswers, openStage, watchShop, type Stage } from '../commands/stage.js';
import { cli, writeConfig } from './run.js';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
  await writeConfig(stage);
});
afterEach(async () => {
  await stage.close();
});

describe('data and talk', () => {
  it('stdout holds the card for people', async () => {
    await launched(stage);
    await watchShop(stage);
    expect(await cli(stage, ['status', 'shop'])).toEqual({ exit: 0, stderr: '', stdout: expect.stringMatching(/^✓ GOOD {2}shop: good \(1 check good\)\n/) as unknown });
  });

  it('stdout holds one JSON document with its version, wherever --json stands', async () => {
    for (const argv of [['--json', 'status'], ['status', '--json'], ['status', 'shop', '--json']]) {
      const ran = await cli(stage, argv);
      expect(ran.stderr).toBe('');
      expect(JSON.parse(ran.stdout)).toMatchObject({ version: 1, apps: expect.any(Array) as unknown });
    }
  });

  it('stdout holds one JSON document a line where there may be too many to hold at once', async () => {
    await stage.store.write(async (tx) => {
      for (let n = 1; n <= 3; n += 1) await audit(tx, stage.hostId, { who: 'Ann', what: `did ${n}`, why: 'rule', body: { n } }, BEGAN);
    });
    const ran = await cli(stage, ['audit', 'export', '--json']);
    expect(ran).toMatchObject({ exit: 0, stderr: '' });
    expect(ran.stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as unknown)).toMatchObject([1, 2, 3].map((seq) => ({ version: 1, seq, what: `did ${seq}`, body: { n: seq } })));
    expect((await cli(stage, ['audit', 'export'])).stdout).toContain('hypercare audit export --json > audit.jsonl');
  });

  it('errors say what, why and what to do on stderr', async () => {
    const ran = await cli(stage, ['status', 'shpo']);
    expect(ran).toMatchObject({ exit: 2, stdout: '' });
    expect(ran.stderr).toMatchInlineSnapshot(`
      "! ERROR  there is no app “shpo” here
        Did you mean “shop”? Watched are: blog, shop.
      "
    `);
  });

  it('errors are a document too', async () => {
    const ran = await cli(stage, ['status', 'shpo', '--json']);
    expect(ran).toMatchObject({ exit: 2, stderr: '' });
    expect(JSON.parse(ran.stdout)).toEqual({ version: 1, error: { code: 'app.unknown', message: 'there is no app “shpo” here', mend: 'Did you mean “shop”? Watched are: blog, shop.' } });
  });

  it.each([
    ['a terminal', { isTTY: true }, true],
    ['a pipe', { isTTY: false }, false],
    ['a terminal under NO_COLOR', { isTTY: true, env: { NO_COLOR: '1' } }, false],
    ['a dumb terminal', { isTTY: true, env: { TERM: 'dumb' } }, false],
  ] as const)('colours for %s: %o is %s', async (_name, as, colored) => {
    expect((await cli(stage, ['whoami'], as)).stdout.includes('\u001b[')).toBe(colored);
  });

  it('keeps to the width of the terminal', async () => {
    const ran = await cli(stage, ['help'], { isTTY: true, columns: 40, env: { NO_COLOR: '1' } });
    for (const line of ran.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(40);
  });

  it('is as narrow as COLUMNS says where there is no terminal, and as usual where that is no width', async () => {
    const widest = async (COLUMNS: string): Promise<number> => Math.max(...(await cli(stage, ['help'], { env: { COLUMNS } })).stdout.split('\n').map((line) => line.length));
    expect(await widest('40')).toBeLessThanOrEqual(40);
    expect(await widest('wide')).toBeGreaterThan(40);
    expect(await widest('0')).toBeGreaterThan(40);
  });
});

describe('help', () => {
  it('comes first with examples, and needs no store', async () => {
    const ran = await cli({ ...stage, dir: join(stage.dir, 'nowhere') }, ['--help']);
    expect(ran).toMatchObject({ exit: 0, stderr: '' });
    expect(ran.stdout).toMatchInlineSnapshot(`
      "i INFO  hypercare watches your app after it went live, and mends it
        For example:
          hypercare status
          hypercare rollback shop --plan
          hypercare approve shop
          hypercare status --json

        status         how the apps are, and why
        incidents      what was and is wrong; with an id, one incident whole
        why            why it acted or did not: every decision and every wait
        approve        say yes to the open question
        deny           say no to the open question
        repair         have one repair done, or “general”: the whole runbook
        rollback       take an app back to its last stable release
        launch         begin a new watch of what runs now
        restore-point  call the running release stable: rollbacks may go to it
        freeze         stop every repair and rollback at once, of one app or of all
        unfreeze       let hypercare act again: after a freeze, flapping or failed
                       repairs
        silence        call nobody about an app for a while; it is repaired as ever
        holds          why nothing may act or call for now: by whom and until when
        repairs        what can be done to an app
        learned        which repairs helped, and what follows from that
        policy         the rules in force; or which of them decided an incident
        replay         what a changed policy would have decided in the past days
        audit          who did what, when and why; and whether nobody changed it
        whoami         who you are here, and what you may do
        help           what you may ask, or how one command is used
        config         check hypercare.yaml: every mistake with its line
        demo           break a sample shop for real, and watch it being healed

        How one of them is used: hypercare help <command>.
        Everywhere: --json, --config <file>, --help, --version; --offline does it
        without a running monitor.
        When the monitor cannot be started: rollback <app> --reason <why> --offline.
        Exit codes: 0 good, 1 findings, 2 usage or config, 3 could not check.
      "
    `);
  });

  it.each([[[]], [['help']], [['-h']]])('is what %j asks for', async (argv) => {
    expect((await cli(stage, argv)).stdout).toContain('hypercare rollback shop --plan');
  });

  it.each([[['rollback', '--help']], [['help', 'rollback']], [['rollback', 'shop', '-h']]])('of one command is what %j asks for', async (argv) => {
    expect((await cli(stage, argv)).stdout).toContain('Usage: rollback <app> --reason <why>');
  });

  it('is a document too', async () => {
    const document = JSON.parse((await cli(stage, ['--help', '--json'])).stdout) as { commands: { name: string }[] };
    expect(document.commands.map(({ name }) => name)).toEqual(['status', 'incidents', 'why', 'approve', 'deny', 'repair', 'rollback', 'launch', 'restore-point', 'freeze', 'unfreeze', 'silence', 'holds', 'repairs', 'learned', 'policy', 'replay', 'audit', 'whoami', 'help', 'config', 'demo']);
  });

  it('tells the version', async () => {
    expect((await cli(stage, ['--version'])).stdout).toMatch(/^hypercare \d+\.\d+\.\d+\n$/);
    expect(JSON.parse((await cli(stage, ['-v', '--json'])).stdout)).toMatchObject({ version: 1, hypercare: expect.any(String) as unknown });
  });
});

describe('bad input', () => {
  it.each([
    [['stauts'], 'command.unknown'],
    [['dmeo'], 'command.unknown'],
    [[''], 'command.unknown'],
    [['help', 'nothing'], 'command.unknown'],
    [['x'.repeat(10_000)], 'command.unknown'],
    [['status', 'a', 'b'], 'usage'],
    [['status', '--nonsense'], 'usage'],
    [['rollback', 'shop'], 'usage'],
    [['audit', '--limit', '-5'], 'usage'],
    [['--config'], 'usage'],
    [['status', '--config', '--json'], 'usage'],
    [['config'], 'usage'],
    [['config', 'chekc'], 'usage'],
    [['config', 'check', 'a', 'b'], 'usage'],
    [['config', 'check', '--deep'], 'usage'],
  ])('%j is told before anything is opened, with exit 2', async (argv, code) => {
    const ran = await cli({ ...stage, dir: join(stage.dir, 'nowhere') }, argv.includes('--json') ? argv : [...argv, ...(argv.at(-1) === '--config' ? [] : ['--json'])]);
    expect(ran.exit).toBe(2);
    if (ran.stdout !== '') expect(JSON.parse(ran.stdout)).toMatchObject({ error: { code, mend: expect.any(String) as unknown } });
  });

  it.each([
    [['stauts'], '! ERROR  there is no command “stauts”\n  Did you mean “status”? Usage: status [app]. “hypercare help” lists all.\n'],
    [['config'], '! ERROR  “config” alone does nothing: it can be checked\n  Write “hypercare config check” for the configuration in use, or “hypercare\n  config check <file>”. Every mistake is told with its line.\n'],
    [['config', 'chekc'], '! ERROR  there is no “config chekc”\n  Write “hypercare config check” for'],
    [['status', '--config', 'nowhere.yaml'], '/nowhere.yaml\n  Correct the path after --config.\n'],
  ])('%j is told what would be right', async (argv, text) => {
    const ran = await cli(stage, argv);
    expect(ran).toMatchObject({ exit: 2, stdout: '' });
    expect(ran.stderr).toContain(text);
  });

  it('takes what stands after -- as words', async () => {
    expect((await cli(stage, ['status', '--', '--json'])).stderr).toContain('there is no app “--json” here');
  });
});

describe('no store', () => {
  const code = async (argv: readonly string[], as = {}): Promise<unknown> => {
    const ran = await cli(stage, [...argv, '--json'], as);
    return [ran.exit, (JSON.parse(ran.stdout) as { error: { code: string } }).error.code];
  };

  it('nothing has run here yet: no configuration', async () => {
    await rm(join(stage.dir, 'hypercare.yaml'));
    const ran = await cli(stage, ['status']);
    expect(ran.exit).toBe(3);
    expect(ran.stderr).toContain('nothing has run here yet');
    expect(ran.stderr).toContain('npm start');
  });

  it('nothing has run here yet: no store, and none is made', async () => {
    await writeConfig(stage, `host: vm-1\ndata_dir: ${stage.dir}/elsewhere\n`);
    expect(await code(['status'])).toEqual([3, 'store.none']);
    await expect(chmod(join(stage.dir, 'elsewhere'), 0o700)).rejects.toThrow('ENOENT');
  });

  it('nothing has run here yet: another host’s store', async () => {
    await writeConfig(stage, `host: vm-2\ndata_dir: ${stage.dir}\n`);
    expect(await code(['status'])).toEqual([3, 'store.none']);
  });

  it('was made by another version', async () => {
    await sql`delete from kysely_migration`.execute(stage.store.db);
    expect(await code(['status'])).toEqual([3, 'store.version']);
  });

  it('is an empty file', async () => {
    await mkdir(join(stage.dir, 'empty'));
    await openStore({ file: join(stage.dir, 'empty', 'hypercare.db') }).close();
    await writeConfig(stage, `host: vm-1\ndata_dir: ${stage.dir}/empty\n`);
    expect(await code(['status'])).toEqual([3, 'store.version']);
  });

  it('is no database at all', async () => {
    await mkdir(join(stage.dir, 'text'));
    await writeFile(join(stage.dir, 'text', 'hypercare.db'), 'this is a letter to my aunt, and no database whatever'.repeat(50));
    await writeConfig(stage, `host: vm-1\ndata_dir: ${stage.dir}/text\n`);
    expect(await code(['status'])).toEqual([3, 'store.unreadable']);
  });

  it('is a PostgreSQL that does not answer, and its password is not told', async () => {
    const ran = await cli(stage, ['status', '--json'], { env: { DATABASE_URL: 'postgresql://me:s3cret-word@127.0.0.1:1/none' } });
    expect([ran.exit, (JSON.parse(ran.stdout) as { error: { code: string } }).error.code]).toEqual([3, 'store.unreadable']);
    expect(ran.stdout + ran.stderr).not.toContain('s3cret-word');
  });
});

describe('the configuration', () => {
  it('is named by --config, by HYPERCARE_CONFIG or lies in the data directory', async () => {
    const elsewhere = join(stage.dir, 'etc');
    await mkdir(elsewhere);
    const nowhere = { cwd: elsewhere };
    expect((await cli(stage, ['whoami', '--config', join(stage.dir, 'hypercare.yaml')], nowhere)).exit).toBe(0);
    expect((await cli(stage, ['whoami', '--config=../hypercare.yaml'], nowhere)).exit).toBe(0);
    expect((await cli(stage, ['whoami'], { ...nowhere, env: { HYPERCARE_CONFIG: join(stage.dir, 'hypercare.yaml') } })).exit).toBe(0);
    expect((await cli(stage, ['whoami'], { ...nowhere, env: { HYPERCARE_HOME: stage.dir } })).exit).toBe(0);
    expect((await cli(stage, ['whoami'], nowhere)).exit).toBe(3);
  });

  it('with mistakes is told line by line, with exit 2', async () => {
    await writeConfig(stage, 'host: vm-1\nappps: {}\n');
    const ran = await cli(stage, ['status']);
    expect(ran).toMatchObject({ exit: 2, stdout: '' });
    expect(ran.stderr).toMatch(/hypercare\.yaml:2:1: .*did you mean "apps"\?/);
    expect(JSON.parse((await cli(stage, ['status', '--json'])).stdout)).toMatchObject({ error: { code: 'config.invalid' }, mistakes: [{ line: 2, column: 1 }] });
  });

  it('is checked', async () => {
    const right = await cli(stage, ['config', 'check']);
    expect(right).toMatchObject({ exit: 0, stderr: '' });
    await writeConfig(stage, 'host: vm-1\nappps: {}\nkeep: {raw: 3 parsecs}\n');
    const wrong = await cli(stage, ['config', 'check', '--json']);
    expect(wrong.exit).toBe(2);
    expect(JSON.parse(wrong.stdout)).toMatchObject({ version: 1, ok: false, mistakes: [{ line: 2, column: 1 }, { line: 3 }] });
    expect((await cli(stage, ['config', 'check', 'hypercare.yaml'])).stdout).toMatch(/the configuration has 2 mistakes/);
  });

  it('that is not there is a mistake of the check', async () => {
    const ran = await cli(stage, ['config', 'check', 'no-such.yaml', '--json']);
    expect(ran.exit).toBe(2);
    expect(JSON.parse(ran.stdout)).toMatchObject({ ok: false, mistakes: [{ message: expect.stringContaining('there is no such file') as unknown }] });
  });
});

describe('who speaks', () => {
  it('is the operating-system user', async () => {
    expect((await cli(stage, ['whoami'], { user: 'otto' })).stdout).toContain('you are Otto, operator');
  });

  it('is an approver where nobody is named for the terminal, and whoami says why', async () => {
    const said = async (): Promise<string> => (await cli(stage, ['whoami'])).stdout.replace(/\s+/g, ' ');
    expect(await said()).toContain('Nobody is named for the terminal under “people” in hypercare.yaml, so the user that hypercare runs as is an approver here.');
    await writeConfig(stage, `host: vm-1\ndata_dir: ${stage.dir}\npeople: [{ name: Ann, role: approver, terminal: ann }]\n`);
    expect(await said()).not.toContain('Nobody is named');
  });

  it('may look, and no more, where nobody knows him', async () => {
    expect((await cli(stage, ['incidents'], { user: 'root' })).exit).toBe(0);
    const ran = await cli(stage, ['approve', 'shop', '--json'], { user: 'root' });
    expect([ran.exit, JSON.parse(ran.stdout)]).toMatchObject([2, { error: { code: 'denied.stranger', mend: expect.stringContaining('under “people” in hypercare.yaml') as unknown } }]);
  });
});

describe('a monitor that is down', () => {
  it('gives exit 3 after five seconds, and says how to start it', async () => {
    const ran = await cli(stage, ['rollback', 'shop', '--reason', 'it is broken']);
    expect(ran).toMatchObject({ exit: 3, stdout: '' });
    expect(ran.stderr).toMatchInlineSnapshot(`
      "! ERROR  the monitor did not take it within 5 s; the request was withdrawn, and
               nothing will be done
        Start it with “npm start”, look at it with “pm2 logs”, and ask again; or have
        it done in the terminal itself: rollback <app> --reason <why> --offline.
      "
    `);
  });
});

describe('what has begun is followed', () => {
  it('until fresh samples showed that it helped: one line an event, then the card, exit 0', async () => {
    const incident = await broken(stage);
    const { plan, question } = await asked(stage, incident);
    const story: (() => Promise<void>)[] = [
      async () => {
        for (const given of await unjudgedAnswers(stage.store.db, stage.hostId)) {
          await stage.store.write(async (tx) => {
            await judgeAnswer(tx, given, 'counted');
            await closeQuestion(tx, question.id, 'approved', given.name, stage.now);
            await movePlan(tx, plan.id, 'asked', 'running');
            await tell(tx, stage.hostId, { kind: 'question.closed', incidentId: incident.id }, stage.now);
          });
        }
      },
      async () => {
        await stage.store.write(async (tx) => {
          await beginRemediation(tx, { planId: plan.id, resourceId: stage.shop, fingerprint: 'x', fence: 1 }, stage.now);
          await tell(tx, stage.hostId, { kind: 'remediation.started', incidentId: incident.id }, stage.now);
        });
      },
      ...Array.from({ length: 80 }, () => async () => undefined),
      async () => {
        await stage.store.write(async (tx) => {
          const run = await tx.selectFrom('remediations').select('id').executeTakeFirstOrThrow();
          await endRemediation(tx, run.id, 'verified', '3 good readings in a row of liveness', stage.now);
          await movePlan(tx, plan.id, 'running', 'done');
          await resolveIncident(tx, incident.id, 'release.rollback mended it', stage.now);
          for (const kind of ['remediation.ended', 'incident.resolved'] as const) await tell(tx, stage.hostId, { kind, incidentId: incident.id }, stage.now);
        });
      },
    ];
    stage.meanwhile = async () => (await story.shift()?.()) ?? undefined;
    const ran = await cli(stage, ['approve', 'shop']);
    expect(ran.exit).toBe(0);
    expect(ran.stderr).toMatchInlineSnapshot(`
      "  0 ms  the answer: approved (Ann)
      250 ms  release.rollback has begun
        15 s  still under way
        21 s  release.rollback: verified after 20 s: 3 good readings in a row of liveness
        21 s  shop: over after 21 s
      "
    `);
    expect(ran.stdout).toMatch(/^✓ GOOD {2}shop is good again after 21 s/);
  });

  it('until people are asked: exit 1', async () => {
    const incident = await broken(stage);
    const { plan } = await asked(stage, incident);
    monitorAnswers(stage, () => ({ ok: true, data: { incidentId: incident.id, planId: plan.id } }));
    const ran = await cli(stage, ['rollback', 'shop', '--reason', 'it is broken', '--json'], { user: 'otto' });
    expect(ran.exit).toBe(1);
    expect(JSON.parse(ran.stdout)).toMatchObject({ version: 1, outcome: 'asked', planId: plan.id, incident: { question: { state: 'open' } } });
  });

  it('for two minutes and no longer, never silent for long', async () => {
    const incident = await broken(stage);
    const { plan } = await asked(stage, incident);
    await stage.store.db.updateTable('questions').set({ state: 'approved', open_app: null }).execute();
    monitorAnswers(stage, () => ({ ok: true, data: { incidentId: incident.id, planId: plan.id } }));
    const ran = await cli(stage, ['rollback', 'shop', '--reason', 'it is broken', '--json']);
    expect(ran.exit).toBe(1);
    expect(JSON.parse(ran.stdout)).toMatchObject({ outcome: 'under_way' });
    expect(stage.now - BEGAN).toBeLessThan(2 * MINUTE + 2_000);
    expect(ran.stderr.match(/still under way/g)?.length).toBeGreaterThan(5);
  });

  it('to its end where it was refused', async () => {
    const incident = await broken(stage);
    const { plan } = await asked(stage, incident);
    await stage.store.db.updateTable('questions').set({ state: 'cancelled', open_app: null }).execute();
    await stage.store.db.updateTable('plans').set({ state: 'refused', why: 'there is no other release' }).execute();
    monitorAnswers(stage, () => ({ ok: true, data: { incidentId: incident.id, planId: plan.id } }));
    const ran = await cli(stage, ['rollback', 'shop', '--reason', 'it is broken']);
    expect(ran.exit).toBe(1);
    expect(ran.stdout).toContain('release.rollback: not possible: there is no other release');
  });
});

describe('the demo', () => {
  it('is told with every fault it has', async () => {
    const { stdout } = await cli(stage, ['help', 'demo']);
    expect(stdout.replace(/\s+/g, '')).toContain(`demo<${SHOP_FAULTS.join('|')}>`);
  });

  it('that is not built says so', async () => {
    const ran = await cli(stage, ['demo', 'crash', '--json']);
    expect([ran.exit, JSON.parse(ran.stdout)]).toMatchObject([3, { error: { code: 'demo.none' } }]);
  });
});
