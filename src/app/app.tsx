/** The page: everything at its place, wide or narrow. */
import { useCallback, useEffect, useState } from 'react';
import { usePanelRef } from 'react-resizable-panels';
import { useStore } from 'zustand';
import { MapCanvas, TrailLegend, type MapControls, type MapTarget } from '../canvas/index.ts';
import { choose, lab, openingMoment, settings, whatIf, stopEditing } from '../lab/index.ts';
import {
  Caption,
  Dock,
  EditBar,
  Glossary,
  Help,
  Inspector,
  MapMenu,
  Notices,
  openFile,
  Presenter,
  ProblemBox,
  Remark,
  RestoredLine,
  ScenarioPanel,
  Timeline,
  RunTransport,
  useEditor,
  useLab,
  useSettings,
  WhatIfPage,
} from '../panels/index.ts';
import css from './app.module.css';
import { useTurns } from './in-turn.ts';
import { listenToKeys, returnFocusAfterPointer } from './keyboard.ts';
import { MapTools } from './map-tools.tsx';
import { NarrowPage } from './narrow-page.tsx';
import { SideButtons } from './side-buttons.tsx';
import { StepHint } from './step-hint.tsx';
import { TopBar } from './top-bar.tsx';
import { useDrop } from './use-drop.ts';
import { useNarrow } from './use-narrow.ts';
import { WidePage } from './wide-page.tsx';

export function App() {
  const [help, setHelp] = useState(false);
  const [glossary, setGlossary] = useState(false);
  const [map, setMap] = useState<MapControls | null>(null);
  const [presenting, setPresenting] = useState(false);
  const [menu, setMenu] = useState<MapTarget | null>(null);
  const editing = useEditor((s) => s.on);
  // Before the first step there is no trail, and what is to be done stands in the place of its legend.
  const hinted = useSettings((s) => s.hinted);
  const narrow = useNarrow();
  const here = useTurns();
  const beside = useStore(whatIf, (s) => s.phase !== 'closed');
  const dropping = useDrop((file) => void openFile(file));
  const left = usePanelRef();
  const right = usePanelRef();
  const [shown, setShown] = useState({ left: true, right: true });
  const onSides = useCallback(
    (side: 'left' | 'right', open: boolean) => setShown((now) => (now[side] === open ? now : { ...now, [side]: open })),
    [],
  );
  const onReady = useCallback((controls: MapControls | null) => setMap(controls), []);
  useFirstStep();

  const present = useCallback(() => {
    if (whatIf.getState().phase !== 'closed') return;
    stopEditing();
    setPresenting(true);
    // Where it is refused the presenter fills the window.
    void document.documentElement.requestFullscreen?.().catch(() => {});
  }, []);

  useEffect(() => listenToKeys({ help: () => setHelp(true), fit: () => map?.fit(), present }), [map, present]);
  useEffect(() => map?.sleep(beside || presenting), [map, beside, presenting]);
  useEffect(() => returnFocusAfterPointer(), []);

  const picture = (
    <div className={css['picture']}>
      {here('picture') ? (
        <>
          <MapCanvas onReady={onReady} onMenu={setMenu} />
          {editing ? null : <TrailLegend waits={!hinted} />}
          <Notices />
          {editing ? null : <StepHint />}
        </>
      ) : null}
    </div>
  );
  const below = !here('below') ? null : editing ? (
    <EditBar map={map} />
  ) : (
    <div className={css['below']}>
      <Remark />
      <Caption />
      <RunTransport />
      <Timeline />
    </div>
  );
  const panes = {
    picture,
    below,
    tools: <MapTools map={map} />,
    scenario: here('scenario') ? <ScenarioPanel /> : null,
    inspector: here('inspector') ? <Inspector /> : null,
    dock: here('dock') ? <Dock /> : <div className={css['dockToCome']} />,
  };

  return (
    <div className={css['app']} data-dropping={dropping || undefined}>
      <TopBar onHelp={() => setHelp(true)} onGlossary={() => setGlossary(true)} onPresent={beside ? null : present}>
        {narrow || beside ? null : (
          <>
            <MapTools map={map} />
            <SideButtons left={left} right={right} shown={shown} />
          </>
        )}
      </TopBar>
      <RestoredLine />
      <main className={css['main']}>
        {/* Two futures lie over the single map, which stays as it is: to build it anew takes longer than a frame. */}
        <div className={css['single']} inert={beside || presenting}>
          {narrow ? <NarrowPage {...panes} /> : <WidePage {...panes} left={left} right={right} onSides={onSides} />}
        </div>
        {beside ? (
          <div className={css['beside']}>
            <WhatIfPage />
          </div>
        ) : null}
      </main>
      {presenting ? <Presenter onLeave={() => setPresenting(false)} /> : null}
      {menu === null ? null : <MapMenu key={`${menu.x} ${menu.y}`} target={menu} onClose={() => setMenu(null)} />}
      <Help open={help} onClose={() => setHelp(false)} />
      <Glossary open={glossary} onClose={() => setGlossary(false)} />
      <ProblemBox />
    </div>
  );
}

/** The hint has done its work once somebody has stepped. */
function useFirstStep(): void {
  const open = useLab((s) => s.lab);
  useEffect(() => {
    if (open === null) return undefined;
    return lab.subscribe((now) => {
      if (settings.getState().hinted || now.lab !== open || now.branch === null || now.phase !== 'ready') return;
      // The lab itself goes to its opening when it has been run, which may be after the page was drawn.
      if (now.cursor.executed > openingMoment(now.branch).executed) choose({ hinted: true });
    });
  }, [open]);
}
