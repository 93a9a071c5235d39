import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SHOP_FAULTS } from '../../../scripts/shop/break-shop.js';
import { OWN_VERBS } from '../../../src/cli/usage.js';
import { commands } from '../../../src/commands/index.js';
import { stageOfEachTest } from '../commands/spoken.js';
import { cli, writeConfig } from './run.js';

const stage = stageOfEachTest((opened) => writeConfig(opened));

describe('help', () => {
  it('names --offline where it can be used, and not where nothing is changed', async () => {
    expect((await cli(stage, ['rollback', '--help'])).stdout).toContain('--offline');
    expect((await cli(stage, ['status', '--help'])).stdout).not.toContain('--offline');
  });

  it('says of repair what each one may be told, at 80 columns', async () => {
    for (const words of [['repair', '--help'], ['help', 'repair']]) {
      const { stdout } = await cli(stage, words, { env: { COLUMNS: '80' } });
      expect(stdout).toMatch(/postgres\.create-index +table=… columns=…/);
      expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    }
  });

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

        status         how the apps are, and what is watched beside them
        score          how healthy it is, from 0 to 100, and what takes the points
        incidents      what was and is wrong; with an id, one incident whole
        why            why it acted or did not: every decision and every wait
        history        what went live, how it went, and what was wrong and done
        report         the sign-off of a launch: score, incidents, repairs, and what
                       is left
        baseline       what an app’s readings look like when it is healthy
        approve        say yes to the open question
        deny           say no to the open question
        ack            say that you have seen it: nobody is called about it until it
                       gets worse
        repair         have one repair done, or “general”: what the runbook has next
        deploy         build a commit beside the live release, and switch to it
        rollback       take an app back to its last stable release
        launch         begin a new watch of what runs now
        restore-point  call the running release stable: rollbacks may go to it
        releases       the releases of an app, which is the way back and why, and what
                       may be deployed
        freeze         stop every repair and rollback at once, of one or of all
        unfreeze       let hypercare act again: after a freeze, flapping or failed
                       repairs
        silence        call nobody about it for a while; it is repaired as ever
        holds          why nothing may act or call for now: by whom and until when
        repairs        what can be done, and what is refused
        learned        which repairs helped, and what follows from that
        policy         the rules in force; or which of them decided an incident
        replay         what a changed policy would have decided in the past days
        audit          who did what, when and why; and whether nobody changed it
        dashboard      a link that opens the dashboard in your browser, once
        whoami         who you are here, and what you may do
        help           what you may ask, or how one command is used
        init           look what PM2 runs here, ask four questions, and write
                       hypercare.yaml
        check          measure everything once, now, without a monitor
        doctor         look over PM2, the machine and the configuration, and say what
                       mends what
        config         check hypercare.yaml: every mistake with its line
        token          make a token for the HTTP API
        demo           break a sample shop for real, and watch it being healed
        slack          the manifest of its Slack app, and a link with it filled in
        telegram       learn an account and a chat by a code that is sent to the bot
        backup         copy the store while it is used
        restore        put a copy in the place of the store, and keep what was there
        completion     a script that completes its words in your shell
        chat           post a test card to every channel, and say what is wrong there

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
    expect(document.commands.map(({ name }) => name)).toEqual([...commands, ...OWN_VERBS].map(({ name }) => name));
  });

  it('tells the version', async () => {
    expect((await cli(stage, ['--version'])).stdout).toMatch(/^hypercare \d+\.\d+\.\d+\n$/);
    expect(JSON.parse((await cli(stage, ['-v', '--json'])).stdout)).toMatchObject({ version: 1, hypercare: expect.any(String) as unknown });
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
