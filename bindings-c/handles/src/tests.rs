//! The table against a model of it, and under threads.

use super::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Arc, Barrier};
use std::thread::scope;

#[derive(Clone, Debug)]
enum Step {
    Insert,
    /// Of a number that was given at some time, by its place in the order.
    Remove(usize),
    Look(usize),
    /// Of one that nobody gave: a number with some of its bits changed, or any.
    Forge(usize, usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => Just(Step::Insert),
        2 => any::<usize>().prop_map(Step::Remove),
        2 => any::<usize>().prop_map(Step::Look),
        2 => (any::<usize>(), any::<usize>()).prop_map(|(which, bits)| Step::Forge(which, bits)),
        1 => (any::<usize>(), 0..usize::BITS).prop_map(|(which, bit)| Step::Forge(which, 1 << bit)),
    ]
}

fn pick(given: &[usize], which: usize) -> usize {
    if given.is_empty() { which } else { given[which % given.len()] }
}

fn value(table: &Table<Arc<usize>>, number: usize) -> Option<usize> {
    table.with(number, |object| **object)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_number_finds_its_object_as_long_as_that_is_in(steps in prop::collection::vec(step(), 1..400)) {
        // Small enough that it is full now and then.
        let table: Table<Arc<usize>> = Table::with_room(3, 10);
        let (mut given, mut inside) = (Vec::new(), BTreeMap::new());
        for (time, step) in steps.into_iter().enumerate() {
            match step {
                Step::Insert => {
                    let object = Arc::new(time);
                    let number = table.insert(object.clone());
                    prop_assert_eq!(number.is_none(), inside.len() == 10);
                    if let Some(number) = number {
                        prop_assert!(number & MARK != 0 && number & TYPE == 3);
                        prop_assert!(!given.contains(&number));
                        given.push(number);
                        inside.insert(number, object);
                    }
                }
                Step::Remove(which) => {
                    let number = pick(&given, which);
                    let removed = table.remove(number);
                    prop_assert_eq!(removed.is_some(), inside.contains_key(&number));
                    if let Some(object) = inside.remove(&number) {
                        prop_assert_eq!(Arc::strong_count(&object), 1);
                    }
                }
                Step::Look(which) => {
                    let number = pick(&given, which);
                    prop_assert_eq!(value(&table, number), inside.get(&number).map(|object| **object));
                }
                Step::Forge(which, bits) => {
                    let number = pick(&given, which) ^ bits;
                    if inside.contains_key(&number) {
                        continue;
                    }
                    table.remove(number);
                    prop_assert_eq!(value(&table, number), None);
                }
            }
        }
        for (number, object) in &inside {
            prop_assert_eq!(value(&table, *number), Some(**object));
        }
    }
}

#[test]
fn what_is_no_number_finds_nothing() {
    let table: Table<u8> = Table::new(1);
    let number = table.insert(7).unwrap();
    let other: Table<u8> = Table::new(2);
    let of_another_type = other.insert(8).unwrap();
    let on_the_stack = &raw const number as usize;
    let allocated = Box::new(0_u64);
    for forged in
        [0, 1, 8, 9, usize::MAX, MARK, on_the_stack, &raw const *allocated as usize, of_another_type]
    {
        table.remove(forged);
        assert_eq!(table.with(forged, |object| *object), None, "{forged:#x}");
    }
    // The number that the slot will have next, made up before it has it.
    table.remove(number);
    for early in [number + USE, (number + USE) & !TYPE] {
        table.remove(early);
        assert_eq!(table.with(early, |object| *object), None);
    }
    assert_eq!(table.insert(9), Some(number + USE));
    assert_eq!(table.insert(10), Some(number + (1 << TYPE_BITS)));
}

#[test]
fn the_uses_of_a_slot_begin_again_when_they_end() {
    let table: Table<u8> = Table::new(7);
    let first = table.insert(0).unwrap();
    table.remove(first);
    table.slot(0).unwrap().uses.store(MARK / USE - 1, Ordering::Relaxed);
    let last = table.insert(0).unwrap();
    assert_eq!(last, first | usize::MAX & !(USE - 1));
    assert_eq!(table.with(last, |object| *object), Some(0));
    table.remove(last);
    assert_eq!(table.insert(1), Some(first));
}

#[test]
fn many_objects_take_no_more_slots_than_were_used_at_once() {
    let (table, many): (Table<u32>, u32) = (Table::new(5), MOST.min(100_000));
    for _ in 0..3 {
        let numbers: Vec<_> = (0..many).map(|object| table.insert(object).unwrap()).collect();
        for (object, number) in (0..).zip(&numbers) {
            assert_eq!(table.with(*number, |object| *object), Some(object));
        }
        assert!(numbers.into_iter().all(|number| table.remove(number).is_some()));
    }
    assert_eq!(table.used.load(Ordering::Relaxed), many);
}

/// Or a thread that paused would take it for what it saw, and put back a slot that another has now.
#[test]
fn the_free_slots_never_look_as_before() {
    let table: Table<u8> = Table::new(2);
    let [first, second] = [table.insert(1).unwrap(), table.insert(2).unwrap()];
    table.remove(first);
    let seen = table.free.load(Ordering::Relaxed);
    table.remove(second);
    table.insert(3).unwrap();
    let now = table.free.load(Ordering::Relaxed);
    assert!(now as u32 == seen as u32 && now != seen);
}

#[test]
fn every_slot_has_one_place() {
    let mut expected = 0;
    for segment in 0..SEGMENTS - 1 {
        let size = FIRST_SEGMENT << segment;
        assert_eq!([expected, expected + size - 1].map(place), [(segment, 0), (segment, size - 1)]);
        expected += size;
    }
    assert_eq!(expected, MOST as usize);
    assert_eq!(place((1 << INDEX_BITS) - 1).0, SEGMENTS - 1);
}

/// Counts the drops of its kind.
struct Counted<'a>(&'a AtomicUsize);

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn an_object_lives_as_long_as_somebody_works_with_it() {
    let (dropped, is_inside) = (AtomicUsize::new(0), Barrier::new(2));
    let table: Table<_> = Table::new(1);
    let number = table.insert(Counted(&dropped)).unwrap();
    scope(|threads| {
        threads.spawn(|| {
            table.with(number, |_| {
                is_inside.wait();
                is_inside.wait();
                assert_eq!(dropped.load(Ordering::SeqCst), 0);
            })
        });
        is_inside.wait();
        table.remove(number);
        assert_eq!(table.remove(number), None);
        assert_eq!(table.with(number, |_| ()), None);
        is_inside.wait();
    });
    assert_eq!(dropped.load(Ordering::SeqCst), 1);
    let number = table.insert(Counted(&dropped)).unwrap();
    table.remove(number);
    assert_eq!(dropped.load(Ordering::SeqCst), 2);
}

#[test]
fn who_panics_works_no_longer() {
    let dropped = AtomicUsize::new(0);
    let table: Table<_> = Table::new(1);
    let number = table.insert(Counted(&dropped)).unwrap();
    let work = || table.with(number, |_| panic!("on purpose"));
    assert!(catch_unwind(AssertUnwindSafe(work)).is_err());
    assert_eq!(table.with(number, |_| ()), Some(()));
    table.remove(number);
    assert_eq!(dropped.load(Ordering::SeqCst), 1);
}

fn is_dead<T>(table: &Table<T>, number: usize) -> bool {
    table.with(number, |_| ()).is_none()
}

/// Each thread makes objects, all of them use and remove those of all.
#[test]
fn threads_see_the_object_of_a_number_or_nothing() {
    const THREADS: usize = 4;
    const ROUNDS: usize = 20_000;
    let (dropped, made, is_late) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicBool::new(false));
    let table: Table<(usize, Counted)> = Table::new(6);
    // The last numbers of each thread, and what their objects are.
    let shown: Vec<[AtomicUsize; 2]> = (0..THREADS).map(|_| [const { AtomicUsize::new(0) }; 2]).collect();
    scope(|threads| {
        for own in 0..THREADS {
            let (table, shown, dropped, made, is_late) = (&table, &shown, &dropped, &made, &is_late);
            threads.spawn(move || {
                for round in 0..ROUNDS {
                    let object = round * THREADS + own;
                    let number = table.insert((object, Counted(dropped))).unwrap();
                    made.fetch_add(1, Ordering::SeqCst);
                    shown[own][round % 2].store(number, Ordering::SeqCst);
                    assert!(
                        table.with(number, |found| found.0).is_some_and(|found| found == object)
                            || is_dead(table, number)
                    );
                    let other = shown[(own + round) % THREADS][round / 2 % 2].load(Ordering::SeqCst);
                    let seen = table.with(other, |found| (found.0, std::thread::yield_now(), found.0));
                    assert!(seen.as_ref().is_some_and(|seen| seen.0 == seen.2) || is_dead(table, other));
                    if seen.is_none() && other != 0 {
                        is_late.store(true, Ordering::SeqCst);
                    }
                    table.remove(other);
                    table.remove(number);
                    assert!(is_dead(table, number));
                }
            });
        }
    });
    assert!(is_late.load(Ordering::SeqCst));
    assert_eq!([&made, &dropped].map(|count| count.load(Ordering::SeqCst)), [THREADS * ROUNDS; 2]);
    let used = table.used.load(Ordering::SeqCst) as usize;
    // Beside the object of each thread there may be one that it works with and one that it is about to remove.
    assert!(used <= 3 * THREADS, "{used} slots");
    let free = std::iter::from_fn(|| table.last_freed()).map(|(index, _)| index);
    assert_eq!(free.collect::<BTreeSet<_>>().len(), used);
}

#[test]
fn what_stands_beside_an_object_is_found_as_long_as_that_is_in() {
    let table: Table<u8, AtomicUsize> = Table::new(1);
    let number = table
        .insert_furnished(7, |object, beside: &AtomicUsize| {
            beside.store(usize::from(*object), Ordering::SeqCst);
        })
        .unwrap();
    let beside = |number| table.beside(number, |beside| beside.load(Ordering::SeqCst));
    assert_eq!((beside(number), beside(number + USE), beside(0)), (Some(7), None, None));
    table.beside(number, |beside| beside.store(71, Ordering::SeqCst));
    assert_eq!(beside(number), Some(71));
    table.remove(number);
    assert_eq!(beside(number), None);
    let next = table.insert_furnished(8, |_, beside| beside.store(80, Ordering::SeqCst)).unwrap();
    assert_eq!((beside(number), beside(next)), (None, Some(80)));
}
