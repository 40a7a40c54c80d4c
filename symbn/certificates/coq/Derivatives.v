(** Derivatives, by rules that follow the syntax of a function. A *slope* carries the value at the point beside the derivative, so
    that both are written in the unperturbed batch. *)
From Coq Require Import Reals Lra Lia FunctionalExtensionality.
From Symbn Require Import Definitions Sums.
Open Scope R_scope.

Definition slope (f : R -> R) (a v d : R) : Prop := f a = v /\ derivable_pt_lim f a d.

Lemma slope_derivative f a v d e : slope f a v d -> d = e -> derivable_pt_lim f a e.
Proof. intros [_ H] <-. exact H. Qed.
Lemma slope_const c a : slope (fun _ => c) a c 0.
Proof. split; [reflexivity | apply derivable_pt_lim_const]. Qed.
Lemma slope_id a : slope (fun t => t) a a 1.
Proof. split; [reflexivity | apply derivable_pt_lim_id]. Qed.
Lemma slope_id_at a v : a = v -> slope (fun t => t) a v 1.
Proof. intros <-. apply slope_id. Qed.
Lemma slope_opp f a v d : slope f a v d -> slope (fun t => - f t) a (- v) (- d).
Proof. intros [<- H]. split; [reflexivity | apply derivable_pt_lim_opp; exact H]. Qed.
Lemma slope_plus f g a v w d e : slope f a v d -> slope g a w e -> slope (fun t => f t + g t) a (v + w) (d + e).
Proof. intros [<- H] [<- K]. split; [reflexivity | apply derivable_pt_lim_plus; assumption]. Qed.
Lemma slope_minus f g a v w d e : slope f a v d -> slope g a w e -> slope (fun t => f t - g t) a (v - w) (d - e).
Proof. intros [<- H] [<- K]. split; [reflexivity | apply derivable_pt_lim_minus; assumption]. Qed.
Lemma slope_mult f g a v w d e : slope f a v d -> slope g a w e -> slope (fun t => f t * g t) a (v * w) (d * w + v * e).
Proof. intros [<- H] [<- K]. split; [reflexivity | apply (derivable_pt_lim_mult f g); assumption]. Qed.
Lemma slope_inv f a v d : v <> 0 -> slope f a v d -> slope (fun t => / f t) a (/ v) (- d / v ^ 2).
Proof.
  intros N [E H]. split; [rewrite E; reflexivity |].
  assert (K : derivable_pt_lim (fun t => 1 / f t) a ((0 * f a - d * 1) / Rsqr (f a))).
  { apply (derivable_pt_lim_div (fun _ => 1) f); [apply derivable_pt_lim_const | exact H | rewrite E; exact N]. }
  replace (- d / v ^ 2) with ((0 * f a - d * 1) / Rsqr (f a)) by (rewrite E; unfold Rsqr; field; exact N).
  intros eta P. destruct (K eta P) as [r R]. exists r. intros h A B. specialize (R h A B).
  replace (/ f (a + h) - / f a) with (1 / f (a + h) - 1 / f a) by (unfold Rdiv; ring). exact R.
Qed.
Lemma slope_div f g a v w d e : w <> 0 -> slope f a v d -> slope g a w e ->
  slope (fun t => f t / g t) a (v / w) (d * / w + v * (- e / w ^ 2)).
Proof. intros N H K. apply (slope_mult f (fun t => / g t)); [exact H | apply slope_inv; assumption]. Qed.
Lemma slope_pow f a v d n : slope f a v d -> slope (fun t => f t ^ n) a (v ^ n) (INR n * v ^ pred n * d).
Proof.
  intros [<- H]. split; [reflexivity |].
  apply (derivable_pt_lim_comp f (fun z => z ^ n)); [exact H | apply derivable_pt_lim_pow].
Qed.
Lemma slope_sqrt f a v d : 0 < v -> slope f a v d -> slope (fun t => sqrt (f t)) a (sqrt v) (d / (2 * sqrt v)).
Proof.
  intros P [<- H]. split; [reflexivity |].
  replace (d / (2 * sqrt (f a))) with (/ (2 * sqrt (f a)) * d) by (unfold Rdiv; ring).
  apply (derivable_pt_lim_comp f sqrt); [exact H | apply derivable_pt_lim_sqrt; exact P].
Qed.
Lemma slope_Rpower f a v d q r : r = q - 1 -> 0 < v -> slope f a v d ->
  slope (fun t => Rpower (f t) q) a (Rpower v q) (q * Rpower v r * d).
Proof.
  intros -> P [<- H]. split; [reflexivity |].
  apply (derivable_pt_lim_comp f (fun z => Rpower z q)); [exact H | apply derivable_pt_lim_power; exact P].
Qed.
Lemma slope_bsum m f a v d : (forall j, (j < m)%nat -> slope (fun t => f t j) a (v j) (d j)) ->
  slope (fun t => bsum m (fun j => f t j)) a (bsum m (fun j => v j)) (bsum m (fun j => d j)).
Proof.
  induction m; intros H; [apply (slope_const 0 a) |].
  apply (slope_plus (fun t => bsum m (fun j => f t j)) (fun t => f t m)); [apply IHm; intros; apply H | apply H]; lia.
Qed.

(** The perturbed batch *)
Lemma upd_self x i : upd x i (x i) = x.
Proof. apply functional_extensionality. intros j. unfold upd. destruct (Nat.eqb_spec i j); subst; reflexivity. Qed.
Lemma slope_upd x i j : slope (fun t => upd x i t j) (x i) (x j) (delta i j).
Proof.
  split; [rewrite upd_self; reflexivity |]. unfold upd, delta.
  destruct (Nat.eqb i j); [apply derivable_pt_lim_id | apply derivable_pt_lim_const].
Qed.
Lemma slope_upd_left x i j : slope (fun t => upd x i t j) (x i) (x j) (delta j i).
Proof. rewrite delta_sym. apply slope_upd. Qed.
Lemma derivative_ext f h a d : (forall t, f t = h t) -> derivable_pt_lim f a d -> derivable_pt_lim h a d.
Proof. intros E H. replace h with f by (apply functional_extensionality; exact E). exact H. Qed.
Lemma line_derivative v d a : derivable_pt_lim (fun t => v + d * t) a d.
Proof.
  apply (slope_derivative _ _ (v + d * a) (0 + (0 * a + d * 1))); [| ring].
  apply (slope_plus (fun _ => v) (fun t => d * t)); [apply slope_const | apply (slope_mult (fun _ => d) (fun t => t))];
    [apply slope_const | apply slope_id].
Qed.
Lemma slope_value f a v w d e : slope f a v d -> f a = w -> d = e -> slope f a w e.
Proof. intros [_ H] <- <-. split; [reflexivity | exact H]. Qed.
Lemma slope_mean m x i : (i < m)%nat -> slope (fun t => mean m (upd x i t)) (x i) (mean m x) (/ INR m).
Proof.
  intros Hi. assert (N : INR m <> 0) by (apply not_0_INR; lia).
  eapply slope_value.
  - apply (slope_div (fun t => bsum m (fun j => upd x i t j)) (fun _ => INR m)); [exact N | | apply slope_const].
    apply slope_bsum. intros. apply slope_upd.
  - rewrite upd_self. reflexivity.
  - rewrite (bsum_ext m _ (fun j => delta i j * 1)) by (intros; ring).
    rewrite (bsum_delta m i (fun _ => 1) Hi). field. exact N.
Qed.
Lemma slope_var m x i : (i < m)%nat -> slope (fun t => var m (upd x i t)) (x i) (var m x) (2 * (x i - mean m x) / INR m).
Proof.
  intros Hi. assert (N : INR m <> 0) by (apply not_0_INR; lia).
  eapply slope_value.
  - apply (slope_div (fun t => bsum m (fun j => (upd x i t j - mean m (upd x i t)) ^ 2)) (fun _ => INR m));
      [exact N | | apply slope_const].
    apply slope_bsum. intros. apply slope_pow, slope_minus; [apply slope_upd | apply slope_mean; exact Hi].
  - rewrite upd_self. reflexivity.
  - rewrite (sum_by m (cons (2, fun j => delta i j * (x j - mean m x)) (cons (- 2 / INR m, fun j => x j - mean m x) nil))).
    + cbv [combination_sum]. rewrite (bsum_delta m i (fun j => x j - mean m x) Hi), sum_centred by lia. field. exact N.
    + intros j _. cbv [combination]. simpl INR. simpl pred. field. exact N.
Qed.

(** The loss along a curve *)
Lemma loss_derivative m L y g f a v d e : has_gradient m L y g ->
  (forall j, (j < m)%nat -> slope (fun t => f t j) a (v j) (d j)) -> (forall j, (j < m)%nat -> v j = y j) ->
  bsum m (fun j => g j * d j) = e -> derivable_pt_lim (fun t => L (fun j => f t j)) a e.
Proof.
  intros H K V <-. apply (H f); intros j Hj; [rewrite <- V by exact Hj |]; apply (K j Hj).
Qed.
(** There are such losses: a linear one shows a claim about every loss false. *)
Lemma linear_loss m g y : has_gradient m (fun z => bsum m (fun j => g j * z j)) y g.
Proof.
  intros c dc a _ H.
  assert (K : slope (fun t => bsum m (fun j => g j * c t j)) a (bsum m (fun j => g j * c a j)) (bsum m (fun j => g j * dc j))).
  { apply (slope_bsum m (fun t j => g j * c t j)). intros j Hj. eapply slope_value.
    - apply (slope_mult (fun _ => g j) (fun t => c t j)); [apply slope_const | split; [reflexivity | apply H; exact Hj]].
    - reflexivity.
    - cbv beta. ring. }
  apply K.
Qed.
