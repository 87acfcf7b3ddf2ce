package dev.botgate.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.upstream.RetryBudgets.RetryBudget;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryBudgetTest {
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000);

    @ParameterizedTest
    @CsvSource({
        "20, 0, 100, 20",
        "20, 0, 4, 0",
        "20, 0, 5, 1",
        "20, 1, 100, 30",
        "0, 2, 100, 20",
        "0, 0, 100, 0",
        "100, 0, 7, 7"
    })
    void retriesAreBoundedToAShareOfTheRequests_plusAMinimum(
            int percent, int minimumPerSecond, int requests, int retries) {
        RetryBudget budget = new RetryBudget(percent, minimumPerSecond, nanos::get);
        IntStream.range(0, requests).forEach(i -> budget.request());

        assertThat(granted(budget)).isEqualTo(retries);
    }

    @Test
    void grantedRetries_areForgottenAfterTenSeconds() {
        RetryBudget budget = new RetryBudget(0, 1, nanos::get);
        assertThat(granted(budget)).isEqualTo(10);

        pass(9);
        assertThat(granted(budget)).isZero();
        pass(1);
        assertThat(granted(budget)).isEqualTo(10);
    }

    @Test
    void requestsAreForgottenAfterTenSeconds() {
        RetryBudget budget = new RetryBudget(50, 0, nanos::get);
        IntStream.range(0, 10).forEach(i -> budget.request());

        pass(10);

        assertThat(granted(budget)).isZero();
    }

    @Test
    void afterALongSilence_everythingIsForgotten() {
        RetryBudget budget = new RetryBudget(0, 1, nanos::get);
        assertThat(granted(budget)).isEqualTo(10);

        pass(86_400 * 365);

        assertThat(granted(budget)).isEqualTo(10);
    }

    @Test
    void noTenSecondsHoldMoreRetriesThanTheBudget() {
        Random random = new Random(20_261_122);
        RetryBudget budget = new RetryBudget(0, 3, nanos::get);
        int[] perSecond = new int[200];

        for (int second = 0; second < perSecond.length; second++) {
            for (int asked = random.nextInt(12); asked > 0; asked--) {
                perSecond[second] += budget.retry() ? 1 : 0;
            }
            pass(1);
        }

        for (int first = 0; first + 10 <= perSecond.length; first++) {
            assertThat(IntStream.range(first, first + 10).map(i -> perSecond[i]).sum())
                    .isLessThanOrEqualTo(30);
        }
        assertThat(IntStream.of(perSecond).sum()).isGreaterThan(500);
    }

    private void pass(long seconds) {
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    }

    private static int granted(RetryBudget budget) {
        int granted = 0;
        while (budget.retry()) {
            granted++;
        }
        return granted;
    }
}
