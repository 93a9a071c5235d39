import { h, type ComponentChild } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Series } from '../../src/cards/series.js';

const HEIGHT = 260;

/** How long answers took, with the usual as a band. The library is fetched when the first one is looked at. */
export function Plot({ series }: { readonly series: Series }): ComponentChild {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let end = (): void => undefined;
    let left = false;
    void import('./draw-plot.js').then(({ drawPlot }) => {
      if (!left && place.current) end = drawPlot(place.current, series, HEIGHT);
    });
    return () => {
      left = true;
      end();
    };
  }, [series]);
  return h('div', { ref: place, role: 'img', 'aria-label': 'Response times as a curve; the table below has its numbers', style: { minHeight: `${HEIGHT}px` } });
}
