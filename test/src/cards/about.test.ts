import { describe, expect, it } from 'vitest';
import { aboutHold, aboutIncident } from '../../../src/cards/about.js';
import { asking, incident, view } from './views.js';

describe('what a card is about', () => {
  it('is the incident’s state and its app', () => {
    expect(aboutIncident(view())).toEqual({ kind: 'incident', state: incident.state, resource: 'shop', apps: ['shop'], asked: null });
  });

  it('is the question while one is open, with who may decide and until when', () => {
    expect(aboutIncident(asking)).toMatchObject({ state: 'asking', asked: { what: 'roll back to 9d1e003', mayDecide: ['Ann', 'Bob'], need: 1, yes: [], expiresAt: asking.question?.expiresAt } });
  });

  it('is everybody’s where it is no app’s', () => {
    const shown = view();
    expect(aboutIncident({ ...shown, resource: { ...shown.resource, kind: 'redis', name: 'main' } })).toMatchObject({ resource: 'main', apps: [] });
  });

  it.each([
    ['*', null, []],
    ['shop', 'shop', ['shop']],
    ['shop,blog-*', null, ['shop', 'blog-*']],
  ])('is of a hold over %s', (scope, resource, apps) => {
    expect(aboutHold({ scope, endedAt: null })).toEqual({ kind: 'hold', state: 'holds', resource, apps, asked: null });
    expect(aboutHold({ scope, endedAt: 1 }).state).toBe('over');
  });
});
