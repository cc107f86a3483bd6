// Whether a list that is scrolled can be looked at. What flies by is not worth a picture: making it would take the
// processor from the scrolling.

/** A screenful in less time is too fast to look at. */
const SCREEN_MILLIS = 200;
/** Without a move for so long, it rests. */
const REST_MILLIS = 100;

export class ScrollMotion {
	/** Whether it rests, or moves slowly. */
	calm = $state.raw(true);
	#at = 0;
	#since = 0;
	#rest: ReturnType<typeof setTimeout> | undefined;

	/** It was scrolled to `top` at `now`; `height` of it is in sight. CSS pixels and milliseconds. */
	moved(top: number, height: number, now: number): void {
		const [way, millis] = [Math.abs(top - this.#at), Math.max(1, now - this.#since)];
		[this.#at, this.#since] = [top, now];
		this.calm = millis > REST_MILLIS || way / millis < height / SCREEN_MILLIS;
		clearTimeout(this.#rest);
		this.#rest = setTimeout(() => {
			this.calm = true;
		}, REST_MILLIS);
	}
}
