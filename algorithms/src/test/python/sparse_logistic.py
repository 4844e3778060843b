"""Made logistic.csv and the expected weights of SparseLogisticTest, with numpy 2 and scikit-learn 1.9.1."""
import numpy as np
from sklearn.linear_model import LogisticRegression
rng=np.random.default_rng(5)
n=40
X=np.c_[np.ones(n),np.tanh(rng.normal(size=n)),rng.normal(size=n)].round(4)
p=(1/(1+np.exp(-(X@np.array([-.7,.9,.4])+.5*rng.normal(size=n))))).round(4)
Xd=np.r_[X,X];y=np.r_[np.ones(n),np.zeros(n)];w=np.r_[p,1-p]
for C in (1e-1,1.0,100.0):
    m=LogisticRegression(C=C,penalty='l1',solver='liblinear',fit_intercept=False,tol=1e-14,max_iter=1000000)
    m.fit(Xd,y,sample_weight=w); print(C,m.coef_[0].tolist())
Cs=np.logspace(-4,4,10)
print(Cs)
sc=[]
for C in Cs:
    s=0
    for f in range(5):
        tr=np.arange(n)%5!=f
        Xt=np.r_[X[tr],X[tr]];yt=np.r_[np.ones(tr.sum()),np.zeros(tr.sum())];wt=np.r_[p[tr],1-p[tr]]
        m=LogisticRegression(C=C,penalty='l1',solver='liblinear',fit_intercept=False,tol=1e-14,max_iter=1000000).fit(Xt,yt,sample_weight=wt)
        q=m.predict_proba(X[~tr])[:,1]; s+=-np.mean(p[~tr]*np.log(q)+(1-p[~tr])*np.log(1-q))
    sc.append(s)
b=Cs[int(np.argmin(sc))]
print('best',b,sc)
m=LogisticRegression(C=b,penalty='l1',solver='liblinear',fit_intercept=False,tol=1e-14,max_iter=1000000).fit(Xd,y,sample_weight=w);print(m.coef_)
np.savetxt('src/test/resources/dev/proxima/algorithms/evaluation/logistic.csv',np.c_[X[:,1:],p],delimiter=',',fmt='%.4f')
