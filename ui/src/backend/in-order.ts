// Commands are answered in any order: the program works on several at once.

/**
 * Questions about one thing that changes. The answer to an older question is dropped once a newer one is answered:
 * otherwise what was true before would be shown for good.
 */
export class InOrder {
	#asked = 0;
	#taken = 0;

	/** Asks, and gives the answer; `undefined` when it is older than what was given before. */
	async ask<T>(question: () => Promise<T>): Promise<T | undefined> {
		this.#asked += 1;
		const turn = this.#asked;
		const answer = await question();
		if (turn < this.#taken) return undefined;
		this.#taken = turn;
		return answer;
	}

	/** Drops the answers that are still on their way. */
	forget(): void {
		this.#asked += 1;
		this.#taken = this.#asked;
	}
}
