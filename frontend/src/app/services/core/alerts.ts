import { inject, Injectable } from '@angular/core';
import { Router } from '@angular/router';
import { BehaviorSubject } from 'rxjs';

import { persisted } from './persisted';

interface Settings {
  readonly desktop: boolean;
  readonly sound: boolean;
}

const stored = persisted<Settings>('mostrador.attention', { desktop: false, sound: false });

/** Reaches an agent who is looking elsewhere: desktop notifications and a sound. */
@Injectable({ providedIn: 'root' })
export class AlertService {
  private readonly router = inject(Router);
  private readonly settingsSubject = new BehaviorSubject<Settings>(stored.read());
  private audio: AudioContext | null = null;

  readonly settings$ = this.settingsSubject.asObservable();
  /** Some browsers have no notifications, or only over https. */
  readonly hasDesktop = 'Notification' in window;

  /**
   * Asks for the browser's permission, so call it on a click. Returns whether the choice took
   * effect.
   */
  async setDesktop(wanted: boolean): Promise<boolean> {
    const allowed = wanted && (await Notification.requestPermission()) === 'granted';
    this.keep({ desktop: allowed });
    return allowed === wanted;
  }

  setSound(sound: boolean): void {
    this.keep({ sound });
    if (sound) this.beep(); // a preview; browsers also allow sound only after a click
  }

  call(text: string, link: string): void {
    const { desktop, sound } = this.settingsSubject.value;
    if (sound) this.beep();
    if (!desktop || !document.hidden || Notification.permission !== 'granted') return;
    const notification = new Notification('Mostrador', { body: text, tag: link });
    notification.onclick = () => {
      window.focus();
      void this.router.navigateByUrl(link);
      notification.close();
    };
  }

  /** Two soft notes. */
  private beep(): void {
    const audio = (this.audio ??= new AudioContext());
    void audio.resume();
    [660, 880].forEach((frequency, at) => {
      const start = audio.currentTime + at * 0.12;
      const note = new OscillatorNode(audio, { frequency });
      const volume = new GainNode(audio, { gain: 0 });
      volume.gain.setValueAtTime(0, start);
      volume.gain.linearRampToValueAtTime(0.12, start + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.001, start + 0.25);
      note.connect(volume).connect(audio.destination);
      note.start(start);
      note.stop(start + 0.3);
    });
  }

  private keep(change: Partial<Settings>): void {
    const settings = { ...this.settingsSubject.value, ...change };
    stored.write(settings);
    this.settingsSubject.next(settings);
  }
}
