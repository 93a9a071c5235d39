import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { breakShop } from '../../scripts/shop/break-shop.js';
import { versions } from '../doubles/sample-shop.js';
import { answerTo, pressAndBeAsked, pressInSlack, pressInTelegram, saysInTelegram } from './chats.js';
import { ANN, BOB, EVE, MALLORY, openTown, VERA, type Town } from './town.js';

let town: Town;
beforeAll(async () => {
  town = await openTown();
}, 120_000);
afterAll(() => town.close());

describe('a bad release, seen from two chats', () => {
  it('is asked about in both, decided in one, and told in both', async () => {
    const { chats, shop } = town;
    const { people } = chats.slack;
    await chats.scene('The bot starts', async () => {
      await chats.startBot();
      await town.inBoth('the launch', ({ text }) => text.includes('is live'));
    });
    await chats.scene('Ann vouches for the release, from her phone', () => saysInTelegram(chats, ANN, `/restore_point ${shop.name} —reason “it ran well for a year”`));
    await chats.scene('Bob asks how things are', () => answerTo(people.command(BOB, '/hypercare status')));
    await chats.scene('Vera, who may only look, asks for help', () => answerTo(people.command(VERA, '/hypercare')));
    await chats.scene('Bob mistypes a verb, and Ann an app', async () => {
      await answerTo(people.command(BOB, '/hypercare stauts'));
      await saysInTelegram(chats, ANN, '/rollback sample-shpo --plan');
    });
    await chats.scene('Two strangers ask', async () => {
      await answerTo(people.command(EVE, '/hypercare status'));
      await saysInTelegram(chats, MALLORY, '/status');
    });

    await chats.scene('A release goes live whose checkout answers 500; a reload does not help', async () => {
      await breakShop(shop, 'bad-release');
      await town.asked();
    });
    await chats.scene('The strangers press its button', async () => {
      await answerTo(pressInSlack(chats, EVE, 'Roll back'));
      await pressAndBeAsked(chats, MALLORY, 'Roll back');
      chats.aside('Mallory', await pressInTelegram(chats, MALLORY, 'Yes'));
      await pressInTelegram(chats, MALLORY, 'No');
      await town.inBoth('the buttons as they were', ({ buttons }) => buttons.includes('Roll back'));
    });
    await chats.scene('Bob looks at what it would do', () => answerTo(people.command(BOB, `/hypercare rollback ${shop.name} --plan`)));
    await chats.scene('The bot is killed, and starts again', async () => {
      await chats.killBot('SIGKILL');
      await chats.startBot();
    });
    await chats.scene('Ann presses the button, and is asked once more', () => pressAndBeAsked(chats, ANN, 'Roll back'));
    await chats.scene('Ann says yes; Bob presses in Slack a moment later', async () => {
      const bobs = chats.pressOfSlack(BOB, 'Roll back');
      chats.aside('Ann', await pressInTelegram(chats, ANN, 'Yes'));
      await answerTo(people.deliver(BOB, bobs));
      await town.inBoth('the end', ({ text }) => text.includes('is good again'));
      await town.inBoth('the launch that follows', ({ text }) => text.includes(`release ${town.goodRelease} is live`));
      await town.inBoth('the end of the launch before it', ({ text }) => text.includes('was rolled back'));
    });
    await chats.killBot('SIGTERM');

    expect(await town.rollbacks()).toEqual(['verified']);
    expect(await versions(shop)).toEqual([town.goodVersion]);
    expect(chats.transcript()).toMatchInlineSnapshot(`
      "
      # The bot starts

      Slack, new:
        🔵 Info: sample-shop: release 6ab0c14 is live, watched for 1 h
        Watched until ‹clock›.
        Way back: none; no other release of it is known to be stable.
        launch ‹id›: first seen

      Telegram, new, silent:
        🔵 Info: sample-shop: release 6ab0c14 is live, watched for 1 h

        Watched until ‹clock›.

        Way back: none; no other release of it is known to be stable.

        launch ‹id›: first seen

      # Ann vouches for the release, from her phone

      Telegram, in reply:
        🟢 Good: sample-shop: release 6ab0c14 is a restore point now

        Rollbacks of sample-shop may go to it. Reason: it ran well for a year

      # Bob asks how things are

      Slack, to Bob alone:
        🟢 Good: sample-shop: good (4 checks good)
        Release 6ab0c14 (stable), live for a while; watched until ‹clock›, tier 1 of 1.

      # Vera, who may only look, asks for help

      Slack, to Vera alone:
        🔵 Info: what you may ask here
        status
        how the apps are, and why
        incidents
        what was and is wrong; with an id, one incident whole
        why
        why it acted or did not: every decision and every wait
        holds
        why nothing may act or call for now: by whom and until when
        repairs
        what can be done to an app
        learned
        which repairs helped, and what follows from that
        policy
        the rules in force; or which of them decided an incident
        whoami
        who you are here, and what you may do
        help
        what you may ask, or how one command is used
        more on one of them: help <command> · 11 more are for other roles or for the terminal

      # Bob mistypes a verb, and Ann an app

      Slack, to Bob alone:
        🟠 Error: there is no command “stauts”
        Did you mean “status”? “help” lists what you may ask.

      Telegram, in reply:
        🟠 Error: there is no app “sample-shpo” here

        Did you mean “sample-shop”? Watched are: sample-shop.

      # Two strangers ask

      Slack, to Eve alone:
        🟠 Refused: “status” asks for a viewer, and the slack account U0EVE0001 belongs to nobody who is known here
        To be known, have this account added under “people” in hypercare.yaml.

      Telegram, in reply:
        🟠 Refused: “status” asks for a viewer, and the telegram account 66 belongs to nobody who is known here

        To be known, have this account added under “people” in hypercare.yaml.

      # A release goes live whose checkout answers 500; a reload does not help

      Slack, edited:
        🔵 Info: sample-shop: release 6ab0c14 was replaced after a while
        launch ‹id›: first seen

      Slack, new:
        🔵 Info: sample-shop: release 0076708 is live, watched for 1 h
        Watched until ‹clock›.
        Way back: release 6ab0c14, stable since ‹clock›.
        launch ‹id›: a new release was seen running

      Slack, new:
        🟠 Warning: sample-shop: may I roll back to 6ab0c14? /checkout: status 500, some checks in a row over a while
        At ‹clock›: status 500 × some
        never good in the readings looked at
        It began a while after release 0076708 went live.
        pm2.reload: did not help (a while): http:/checkout is still bad: status 500
        May decide: Ann, Bob, tester.
        Expires ‹clock›, in half an hour; without an answer nothing is done.
        from 0076708 back to 6ab0c14 “Charge delivery below twenty euros”, stable since ‹clock› (marked by Ann: it ran well for a year)
        2 files differ: lib/checkout.js, package.json
        neither has a lockfile
        expected downtime: ‹so long›
        At most 2 restarts, 1 rollback, no migrations.
        Way back: ln -sfn …/releases/007670884ce7 …/shop/current && pm2 ‹anew› sample-shop
        A yes does exactly this:
        1. if a later step fails: …/shop/current → …/releases/007670884ce7, and sample-shop anew (at most 70 s)
        2. rename …/shop/current → …/releases/6ab0c1474d7f, now …/releases/007670884ce7 (at most 10 s)
        3. pm2 reload sample-shop, or pm2 restart sample-shop while not all of its workers serve (at most 70 s)
        4. look until every worker of sample-shop runs from …/releases/6ab0c1474d7f and stays up; else go back (at most 60 s)
        Began
        ‹clock›, a while ago
        Release
        0076708 (watching)
        incident ‹id› · to answer in words: approve sample-shop, deny sample-shop
        [Roll back] [Not now] [Details]

      Slack, in the card’s thread and the channel:
        sample-shop: may I roll back to 6ab0c14? Expires ‹clock›, in half an hour.
        ⟦U0BOB0001⟧

      Telegram, edited:
        🔵 Info: sample-shop: release 6ab0c14 was replaced after a while

        launch ‹id›: first seen

      Telegram, new, silent:
        🔵 Info: sample-shop: release 0076708 is live, watched for 1 h

        Watched until ‹clock›.

        Way back: release 6ab0c14, stable since ‹clock›.

        launch ‹id›: a new release was seen running

      Telegram, new:
        🟠 Warning: sample-shop: may I roll back to 6ab0c14? /checkout: status 500, some checks in a row over a while

        At ‹clock›: status 500 × some
        never good in the readings looked at

        It began a while after release 0076708 went live.

        pm2.reload: did not help (a while): http:/checkout is still bad: status 500

        May decide: Ann, Bob, tester.
        Expires ‹clock›, in half an hour; without an answer nothing is done.

        from 0076708 back to 6ab0c14 “Charge delivery below twenty euros”, stable since ‹clock› (marked by Ann: it ran well for a year)
        2 files differ: lib/checkout.js, package.json
        neither has a lockfile
        expected downtime: ‹so long›
        At most 2 restarts, 1 rollback, no migrations.
        Way back: ln -sfn …/releases/007670884ce7 …/shop/current && pm2 ‹anew› sample-shop

        A yes does exactly this:
        1. if a later step fails: …/shop/current → …/releases/007670884ce7, and sample-shop anew (at most 70 s)
        2. rename …/shop/current → …/releases/6ab0c1474d7f, now …/releases/007670884ce7 (at most 10 s)
        3. pm2 reload sample-shop, or pm2 restart sample-shop while not all of its workers serve (at most 70 s)
        4. look until every worker of sample-shop runs from …/releases/6ab0c1474d7f and stays up; else go back (at most 60 s)

        Began: ‹clock›, a while ago
        Release: 0076708 (watching)

        “Roll back” asks once more: sample-shop: really roll back to 6ab0c14? sample-shop runs 0076708 now.

        incident ‹id› · to answer in words: approve sample-shop, deny sample-shop
        [Roll back] [Not now] [Details]

      Telegram, in reply:
        sample-shop: may I roll back to 6ab0c14? Expires ‹clock›, in half an hour.
        [live text_link]

      Webhook, new:
        🟠 Warning: sample-shop: /checkout: status 500, some checks in a row over a while
        At ‹clock›: status 500 × some
        never good in the readings looked at
        It began a while after release 0076708 went live.
        Began
        ‹clock›, a while ago
        Release
        0076708 (watching)
        incident ‹id›

      Webhook, new:
        sample-shop: may I roll back to 6ab0c14? Expires ‹clock›, in half an hour.
        ⟦U0BOB0001⟧

      # The strangers press its button

      Telegram, a window for Mallory:
        “approve” asks for an operator, and the telegram account 66 belongs to nobody who is known here. To be known, have this account added under “people” in hypercare.yaml.

      Slack, to Eve alone:
        🟠 Refused: “approve” asks for an operator, and the slack account U0EVE0001 belongs to nobody who is known here
        To be known, have this account added under “people” in hypercare.yaml.

      # Bob looks at what it would do

      Slack, to Bob alone:
        🔵 Info: sample-shop: release.rollback would be done without asking; nothing was done now
        It would do exactly this:
        1. if a later step fails: ‹dir›/shop/current → ‹dir›/shop/releases/007670884ce7, and sample-shop anew (at most 70 s)
        2. rename ‹dir›/shop/current → ‹dir›/shop/releases/6ab0c1474d7f, now ‹dir›/shop/releases/007670884ce7 (at most 10 s)
        3. pm2 reload sample-shop, or pm2 restart sample-shop while not all of its workers serve (at most 70 s)
        4. look until every worker of sample-shop runs from ‹dir›/shop/releases/6ab0c1474d7f and stays up; else go back (at most 60 s)
        from 0076708 back to 6ab0c14 “Charge delivery below twenty euros”, stable since ‹clock› (marked by Ann: it ran well for a year)
        2 files differ: lib/checkout.js, package.json
        neither has a lockfile
        expected downtime: ‹so long›
        by hand: ln -sfn ‹dir›/shop/releases/6ab0c1474d7f ‹dir›/shop/current && pm2 ‹anew› sample-shop
        At most 2 restarts, 1 rollback, no migrations.
        Way back: ln -sfn ‹dir›/shop/releases/007670884ce7 ‹dir›/shop/current && pm2 ‹anew› sample-shop
        Policy: auto, because Bob asked for it, and may approve (rule asked-by-approver).
        plan ‹hash›

      # The bot is killed, and starts again

      # Ann presses the button, and is asked once more

      Telegram, under the card:
        [Really: Roll back?] [Yes] [No] [Not now] [Details]

      # Ann says yes; Bob presses in Slack a moment later

      Telegram, a line for Ann:
        sample-shop: your yes counts; I roll back to 6ab0c14 now. First it is measured and prepared once more: is it good by now, nothing is done; would it do something else, I ask again.

      Slack, edited:
        🔵 Info: sample-shop: release 0076708 was rolled back after a while
        1 incident:
        /checkout: status 500, some checks in a row over a while (‹clock›, for a while)
        Repairs: pm2.reload × some, release.rollback × some.
        Healing debt 1: 1 restart (1 × pm2.reload). What they hide is not mended.
        launch ‹id›: a new release was seen running

      Slack, edited:
        🟢 Good: sample-shop is good again after a while: /checkout: status 500, some checks in a row over a while
        Lasted a while, from ‹clock› to ‹clock›.
        Mended by a rollback to 6ab0c14 after a while; verified by 3 good checks.
        It began a while after release 0076708 went live. Release 6ab0c14 runs now.
        pm2.reload: did not help (a while): http:/checkout is still bad: status 500
        Asked to roll back to 6ab0c14: Ann said yes at ‹clock›; it ran a while.
        Release
        6ab0c14 (stable)
        incident ‹id›

      Slack, to Bob alone:
        🔵 Info: sample-shop: already approved by Ann at ‹clock› (roll back to 6ab0c14)

      Slack, new:
        🔵 Info: sample-shop: release 6ab0c14 is live, watched for 1 h
        Watched until ‹clock›.
        Way back: none; no other release of it is known to be stable.
        launch ‹id›: rolled back to 6ab0c14: /checkout: status 500, some checks in a row over a while

      Telegram, edited:
        🔵 Info: sample-shop: release 0076708 was rolled back after a while

        1 incident:
        /checkout: status 500, some checks in a row over a while (‹clock›, for a while)

        Repairs: pm2.reload × some, release.rollback × some.

        Healing debt 1: 1 restart (1 × pm2.reload). What they hide is not mended.

        launch ‹id›: a new release was seen running

      Telegram, edited:
        🟢 Good: sample-shop is good again after a while: /checkout: status 500, some checks in a row over a while

        Lasted a while, from ‹clock› to ‹clock›.
        Mended by a rollback to 6ab0c14 after a while; verified by 3 good checks.

        It began a while after release 0076708 went live. Release 6ab0c14 runs now.

        pm2.reload: did not help (a while): http:/checkout is still bad: status 500

        Asked to roll back to 6ab0c14: Ann said yes at ‹clock›; it ran a while.

        Release: 6ab0c14 (stable)

        incident ‹id›

      Telegram, new, silent:
        🔵 Info: sample-shop: release 6ab0c14 is live, watched for 1 h

        Watched until ‹clock›.

        Way back: none; no other release of it is known to be stable.

        launch ‹id›: rolled back to 6ab0c14: /checkout: status 500, some checks in a row over a while

      Webhook, new:
        🟢 Good: sample-shop is good again after a while: /checkout: status 500, some checks in a row over a while
        Lasted a while, from ‹clock› to ‹clock›.
        Mended by a rollback to 6ab0c14 after a while; verified by 3 good checks.
        It began a while after release 0076708 went live. Release 6ab0c14 runs now.
        pm2.reload: did not help (a while): http:/checkout is still bad: status 500
        Asked to roll back to 6ab0c14: Ann said yes at ‹clock›; it ran a while.
        Release
        6ab0c14 (stable)
        incident ‹id›
      "
    `);
  }, 240_000);
});
